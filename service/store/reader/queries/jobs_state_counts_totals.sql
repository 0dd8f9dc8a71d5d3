-- SPDX-License-Identifier: Apache-2.0
-- How many jobs of an organisation ($1) are in each state, of these types and statuses ($2, $3;
-- null: all), by the totals. Of its first 10,000 open ones, how many run and were not heard of for
-- too long by $4: $5 microseconds, or what $7 has for a type in $6; 0 is never too long. And how
-- many were told to stop and did not answer in time; whether more than those are open. Last how many
-- were told to stop within the last day and ended otherwise, null if more than 1,000 were told.
WITH totals AS (
    SELECT status, n
    FROM jobtrail_p1.job_count
    WHERE organization_id = $1 AND ($2::text[] IS NULL OR type = ANY ($2))
      AND ($3::smallint[] IS NULL OR status = ANY ($3))
), open AS (
    SELECT j.job_id, j.organization_id, j.attempt, j.status, j.type, j.updated_at
    FROM jobtrail_p1.job AS j
    WHERE j.organization_id = $1 AND jobtrail.or_infinity(j.finished_at) = 'infinity'
    LIMIT 10001
), marked AS (
    SELECT count(*) AS looked,
           count(*) FILTER (WHERE matches AND status = 1 AND after_us > 0
               AND $4::timestamptz > updated_at + interval '1 microsecond' * after_us) AS silent,
           count(*) FILTER (WHERE matches AND EXISTS (
               SELECT FROM jobtrail.cancel_command AS c
               WHERE c.job_id = o.job_id AND c.organization_id = o.organization_id
                 AND c.attempt = o.attempt AND c.withdrawn_at IS NULL
                 AND now() >= c.answer_by)) AS unanswered
    FROM (SELECT open.*, coalesce(wait.after_us, $5::bigint) AS after_us,
                 ($2 IS NULL OR open.type = ANY ($2))
                 AND ($3 IS NULL OR open.status = ANY ($3)) AS matches
          FROM open
          LEFT JOIN unnest($6::text[], $7::bigint[]) AS wait (type, after_us)
                 ON wait.type = open.type) AS o
), told AS (
    -- What of the organisation was told to stop within the last day, the newest 1,000.
    SELECT c.job_id, c.attempt
    FROM jobtrail.cancel_command AS c
    WHERE c.organization_id = $1 AND c.withdrawn_at IS NULL
      AND c.issued_at > now() - interval '1 day'
    ORDER BY c.issued_at DESC
    LIMIT 1001
)
SELECT coalesce(sum(t.n) FILTER (WHERE t.status = 0), 0)::bigint,
       coalesce(sum(t.n) FILTER (WHERE t.status = 1), 0)::bigint,
       coalesce(sum(t.n) FILTER (WHERE t.status = 2), 0)::bigint,
       coalesce(sum(t.n) FILTER (WHERE t.status = 3), 0)::bigint,
       coalesce(sum(t.n) FILTER (WHERE t.status = 4), 0)::bigint,
       false, (SELECT silent FROM marked), (SELECT unanswered FROM marked),
       (SELECT looked > 10000 FROM marked),
       (SELECT CASE WHEN (SELECT count(*) FROM told) <= 1000 THEN count(*) END
        FROM told
        JOIN jobtrail_p1.job AS j ON j.job_id = told.job_id AND j.organization_id = $1
        WHERE j.attempt = told.attempt AND j.status IN (2, 3)
          AND ($2 IS NULL OR j.type = ANY ($2)) AND ($3 IS NULL OR j.status = ANY ($3)))
FROM totals AS t
