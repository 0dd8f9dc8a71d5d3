-- SPDX-License-Identifier: Apache-2.0
-- One rebuild at a time, and none beside an erasure, whose member it would bring back.
SELECT pg_try_advisory_lock(7453010373645639283)
