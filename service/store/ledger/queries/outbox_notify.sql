-- SPDX-License-Identifier: Apache-2.0
-- Wakes the relay when this transaction is committed.
SELECT pg_notify('jobtrail_outbox', '')
