-- SPDX-License-Identifier: Apache-2.0
-- Forgets the oldest changes, $1 at most, that are older than $2 seconds (core/stream_resume.h). Returns
-- how many.
WITH oldest AS (
    SELECT c.id FROM jobtrail.change AS c ORDER BY c.id LIMIT $1::bigint
), gone AS (
    DELETE FROM jobtrail.change AS c
    USING oldest
    WHERE c.id = oldest.id AND c.created_at < now() - interval '1 second' * $2::bigint
    RETURNING c.id
)
SELECT count(*) FROM gone
