-- SPDX-License-Identifier: Apache-2.0
-- Be told whenever a transaction that filled the outbox commits.
LISTEN jobtrail_outbox
