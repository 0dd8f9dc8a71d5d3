-- SPDX-License-Identifier: Apache-2.0
-- By this lock, whose key $1 was drawn by chance, others see that this session lives.
SELECT pg_try_advisory_lock($1::bigint)
