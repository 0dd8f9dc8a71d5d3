-- SPDX-License-Identifier: Apache-2.0
-- Writes rows believed absent. One that is there makes the statement fail on its primary key;
-- JT005: fewer came to be than were sent. The arrays are unnested among what is selected: in FROM,
-- PostgreSQL copies each into a store of its own and reads it back, and reading twenty arrays of
-- 1,400 rows took ten times as long.
WITH written AS (
    INSERT INTO jobtrail_p1.job (
        job_id, organization_id, status, attempt, progress, type, creator_id, message, error_code,
        error_detail, result_uri, creator_disputed, cancellable, created_at, started_at,
        finished_at, updated_at, state, history, revision)
    SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::integer[]), unnest($4::integer[]),
           unnest($5::integer[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
           unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::boolean[]),
           unnest($13::boolean[]), unnest($14::timestamptz[]), unnest($15::timestamptz[]),
           unnest($16::timestamptz[]), unnest($17::timestamptz[]), unnest($18::bytea[]),
           unnest($19::bytea[]), unnest($20::bigint[])
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM written) = cardinality($1), 'JT005',
                        'jobtrail_p1.job')
