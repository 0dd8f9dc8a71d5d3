-- SPDX-License-Identifier: Apache-2.0
-- Adds to one shard of the totals. JT005: to fewer than were sent.
WITH added AS (
    INSERT INTO jobtrail_p1.job_count AS c (organization_id, type, status, n, shard)
    SELECT d.organization_id, d.type, d.status, d.delta, $5::integer
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[])
         AS d(organization_id, type, status, delta)
    ON CONFLICT (organization_id, type, status, shard) DO UPDATE SET n = c.n + excluded.n
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = cardinality($1), 'JT005',
                        'jobtrail_p1.job_count')
