-- SPDX-License-Identifier: Apache-2.0
-- One relay at a time works on a database: held by the session, and gone with it.
SELECT pg_try_advisory_lock(7453010373645639282)
