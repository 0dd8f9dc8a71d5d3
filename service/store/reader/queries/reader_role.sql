-- SPDX-License-Identifier: Apache-2.0
-- Whether we may become the reader role, whether there is one, who we are, and when the server
-- started.
SELECT coalesce(pg_has_role(to_regrole('jobtrail_reader'), 'MEMBER'), false),
       to_regrole('jobtrail_reader') IS NOT NULL, quote_ident(session_user),
       pg_postmaster_start_time()
