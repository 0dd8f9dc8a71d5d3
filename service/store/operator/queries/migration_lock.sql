-- SPDX-License-Identifier: Apache-2.0
-- One migration at a time, whoever runs it; released with the transaction. What follows does not
-- queue for long behind a reader, with all others queueing behind it.
SELECT pg_advisory_xact_lock(7453010373645639281), set_config('lock_timeout', '10s', true)
