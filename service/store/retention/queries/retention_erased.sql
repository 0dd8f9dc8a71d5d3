-- SPDX-License-Identifier: Apache-2.0
-- Forgets by what members were known who were erased long enough ago. How many.
WITH gone AS (
    DELETE FROM jobtrail.erased_member WHERE known_till <= clock_timestamp() RETURNING 1
)
SELECT count(*) FROM gone
