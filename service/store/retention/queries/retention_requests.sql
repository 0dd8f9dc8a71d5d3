-- SPDX-License-Identifier: Apache-2.0
-- The ledger's requests behind $1, $2 at most, in their order: when they were recorded, and whether they
-- are of a job without a row, decided, with nothing to be published or published within an hour (see
-- retention_remove).
SELECT r.id, r.organization_id, r.recorded_at,
       r.decided_at IS NOT NULL
           AND (r.decision_published_at > now() - interval '1 hour') IS NOT TRUE
           AND NOT EXISTS (SELECT FROM jobtrail_p1.job AS j
                           WHERE j.job_id = r.job_id
                             AND (j.organization_id = r.organization_id) IS TRUE)
           AND NOT EXISTS (SELECT FROM jobtrail.outbox AS o
                           WHERE o.refusal IS NULL
                             AND (o.request = r.id OR o.command_id = r.command_id))
FROM jobtrail.cancel_request AS r
WHERE r.id > $1::bigint
ORDER BY r.id LIMIT $2::bigint
