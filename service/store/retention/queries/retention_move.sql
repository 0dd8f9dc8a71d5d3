-- SPDX-License-Identifier: Apache-2.0
-- Moves the horizons ($2 organisations, $3 types, $4 moments), never back, if the rules are still of
-- version $1. Whether they were.
WITH moved AS (
    INSERT INTO jobtrail_p1.rules AS r (version) VALUES ($1::bigint + 1)
    ON CONFLICT (only_one) DO UPDATE SET version = excluded.version, changed_at = now()
    WHERE r.version = $1
    RETURNING 1
), written AS (
    INSERT INTO jobtrail_p1.horizon AS h (of_organization, of_type, ended_before)
    SELECT l.of_organization, l.of_type, l.ended_before
    FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS l(of_organization, of_type, ended_before)
    WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT (of_organization, of_type)
        DO UPDATE SET ended_before = greatest(h.ended_before, excluded.ended_before)
    RETURNING 1
)
SELECT EXISTS (SELECT FROM moved),
       jobtrail.require(NOT EXISTS (SELECT FROM moved)
                        OR (SELECT count(*) FROM written) = cardinality($2), 'JT005',
                        'jobtrail_p1.horizon')
