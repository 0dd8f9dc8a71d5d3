-- SPDX-License-Identifier: Apache-2.0
-- One rebuild at a time. Two would not harm each other, since positions move by compare-and-set.
SELECT pg_try_advisory_lock(7453010373645639283)
