-- SPDX-License-Identifier: Apache-2.0
-- What waits to be published, counted up to 100,000; and the open and the unanswered ones of
-- the commands that are not due yet or were within the last day, the 2,000 with the latest
-- deadlines.
SELECT (SELECT count(*) FROM (SELECT FROM jobtrail.outbox LIMIT 100000) AS o),
       count(*) FILTER (WHERE outcome = 'open'), count(*) FILTER (WHERE outcome = 'unanswered')
FROM (SELECT jobtrail.cancel_outcome(c.attempt, c.answer_by, j.attempt, j.status,
                                     j.history) AS outcome
      FROM (SELECT attempt, answer_by, job_id, organization_id FROM jobtrail.cancel_command
            WHERE answer_by > now() - interval '1 day' AND withdrawn_at IS NULL
            ORDER BY answer_by DESC LIMIT 2000) AS c
      LEFT JOIN jobtrail_p1.job AS j
          ON j.job_id = c.job_id AND j.organization_id = c.organization_id) AS outcomes
