-- SPDX-License-Identifier: Apache-2.0
-- Whether this session reads for members of any organisation.
SELECT jobtrail.reads_any_organization(), quote_literal(session_user)
