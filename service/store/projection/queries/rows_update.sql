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
    FROM (SELECT unnest($1::text[]) AS job_id, unnest($2::text[]) AS organization_id,
                 unnest($3::integer[]) AS status, unnest($4::integer[]) AS attempt,
                 unnest($5::integer[]) AS progress, unnest($6::text[]) AS type,
                 unnest($7::text[]) AS creator_id, unnest($8::text[]) AS message,
                 unnest($9::text[]) AS error_code, unnest($10::text[]) AS error_detail,
                 unnest($11::text[]) AS result_uri, unnest($12::boolean[]) AS creator_disputed,
                 unnest($13::boolean[]) AS cancellable, unnest($14::timestamptz[]) AS created_at,
                 unnest($15::timestamptz[]) AS started_at, unnest($16::timestamptz[]) AS finished_at,
                 unnest($17::timestamptz[]) AS updated_at, unnest($18::bytea[]) AS state,
                 unnest($19::bytea[]) AS history, unnest($20::bigint[]) AS revision,
                 unnest($21::bigint[]) AS base_revision,
                 unnest($22::boolean[]) AS error_detail_changed,
                 unnest($23::boolean[]) AS history_changed) AS r -- see rows_insert
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
