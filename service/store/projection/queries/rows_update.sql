-- SPDX-License-Identifier: Apache-2.0
-- Writes rows over the revision they were folded from. A large column that did not change is left
-- where it is. The organisation is compared IS TRUE, as in every query that is planned once and for
-- all: while the table is empty, an index that begins with the organisation looks as good to the
-- planner as the primary key, and stays in the plan when it has millions of rows.
-- JT002: a row has another revision. JT005: it has the one that was expected, and was not written.
WITH written AS (
    UPDATE jobtrail_p1.job AS j
    SET status = r.status, attempt = r.attempt, progress = r.progress, type = r.type,
        creator_id = r.creator_id, message = r.message, error_code = r.error_code,
        error_detail = CASE WHEN r.error_detail_changed THEN r.error_detail
                            ELSE j.error_detail END,
        result_uri = r.result_uri, creator_disputed = r.creator_disputed,
        cancellable = r.cancellable, created_at = r.created_at, started_at = r.started_at,
        finished_at = r.finished_at, updated_at = r.updated_at, state = r.state,
        history = CASE WHEN r.history_changed THEN r.history ELSE j.history END,
        revision = r.revision
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $6::text[],
                $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::boolean[],
                $13::boolean[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[],
                $17::timestamptz[], $18::bytea[], $19::bytea[], $20::bigint[], $21::bigint[],
                $22::boolean[], $23::boolean[])
         AS r(job_id, organization_id, status, attempt, progress, type, creator_id, message,
              error_code, error_detail, result_uri, creator_disputed, cancellable, created_at,
              started_at, finished_at, updated_at, state, history, revision, base_revision,
              error_detail_changed, history_changed)
    WHERE j.job_id = r.job_id AND (j.organization_id = r.organization_id) IS TRUE
      AND j.revision = r.base_revision
    RETURNING 1
)
SELECT CASE
    WHEN (SELECT count(*) FROM written) = cardinality($1) THEN NULL
    -- Locked, so that what others wrote since this statement began is seen, too. What was written
    -- here is passed over.
    WHEN EXISTS (SELECT FROM unnest($1::text[], $2::text[], $21::bigint[])
                             AS r(job_id, organization_id, base_revision)
                 JOIN jobtrail_p1.job AS j
                     ON j.job_id = r.job_id AND (j.organization_id = r.organization_id) IS TRUE
                    AND j.revision = r.base_revision
                 ORDER BY j.job_id, j.organization_id FOR UPDATE OF j)
        THEN jobtrail.require(false, 'JT005', 'jobtrail_p1.job')
    ELSE jobtrail.require(false, 'JT002', 'a row was replaced meanwhile') END
