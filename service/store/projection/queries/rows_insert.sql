-- SPDX-License-Identifier: Apache-2.0
-- Writes rows believed absent. One that is there makes the statement fail on its primary key.
-- JT005: fewer came to be than were sent.
WITH written AS (
    INSERT INTO jobtrail_p1.job (
        job_id, organization_id, status, attempt, progress, type, creator_id, message, error_code,
        error_detail, result_uri, creator_disputed, cancellable, created_at, started_at,
        finished_at, updated_at, state, history, revision)
    SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[],
                         $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                         $12::boolean[], $13::boolean[], $14::timestamptz[], $15::timestamptz[],
                         $16::timestamptz[], $17::timestamptz[], $18::bytea[], $19::bytea[],
                         $20::bigint[])
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM written) = cardinality($1), 'JT005',
                        'jobtrail_p1.job')
