-- SPDX-License-Identifier: Apache-2.0
-- What waits to be published, counted up to 100,000; and, of the 10,000 commands with the latest
-- deadlines, those that were due within the last day or are not due yet, the open and the
-- unanswered ones.
SELECT (SELECT count(*) FROM (SELECT FROM jobtrail.outbox LIMIT 100000) AS o),
       count(*) FILTER (WHERE outcome = 'open'), count(*) FILTER (WHERE outcome = 'unanswered')
FROM (SELECT jobtrail.cancel_outcome(c.attempt, c.answer_by, j.attempt, j.status,
                                     j.history) AS outcome
      FROM (SELECT attempt, answer_by, job_id, organization_id FROM jobtrail.cancel_command
            WHERE answer_by > now() - interval '1 day'
            ORDER BY answer_by DESC LIMIT 10000) AS c
      LEFT JOIN jobtrail_p1.job AS j
          ON j.job_id = c.job_id AND j.organization_id = c.organization_id) AS outcomes
