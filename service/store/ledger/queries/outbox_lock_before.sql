-- SPDX-License-Identifier: Apache-2.0
-- Relays of before know this lock alone, and shall not work beside this one. Where a stranger holds it
-- they do not work anyway.
SELECT pg_try_advisory_lock(7453010373645639282)
