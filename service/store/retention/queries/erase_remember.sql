-- SPDX-License-Identifier: Apache-2.0
-- A member is erased, by a salt ($1) and a digest ($2), known for so many seconds ($3). Whoever folds by
-- earlier rules commits nothing any more.
WITH remembered AS (
    INSERT INTO jobtrail.erased_member AS m (erased_at, known_till, salt, digest)
    VALUES (clock_timestamp(), clock_timestamp() + interval '1 second' * $3::bigint, $1::bytea, $2::bytea)
    ON CONFLICT (digest) DO UPDATE SET erased_at = excluded.erased_at,
                                       known_till = greatest(m.known_till, excluded.known_till)
    RETURNING 1
), moved AS (
    INSERT INTO jobtrail_p1.rules AS r (version) VALUES (1)
    ON CONFLICT (only_one) DO UPDATE SET version = r.version + 1, changed_at = now()
    RETURNING 1
)
SELECT jobtrail.require(EXISTS (SELECT FROM remembered), 'JT005', 'jobtrail.erased_member'),
       jobtrail.require(EXISTS (SELECT FROM moved), 'JT005', 'jobtrail_p1.rules')
