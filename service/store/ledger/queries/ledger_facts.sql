-- SPDX-License-Identifier: Apache-2.0
-- What is known of each request: the ledger's row of its identity, the job's row, and the command
-- for the attempt that this row is about. A plain read: a lock would wait for the projector.
SELECT r.id, r.job_id, r.decided_at, r.decision, r.reason_code, r.command_id,
       j.job_id IS NOT NULL, j.created_at, j.type, j.creator_id, j.creator_disputed, j.cancellable,
       j.attempt, j.status::integer, j.revision, c.answer_by,
       r.found_at IS NOT NULL AND r.decision_published_at IS NOT NULL
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
     AS q(request_id, requester_id, organization_id, job_id, place)
LEFT JOIN jobtrail.cancel_request AS r
    ON r.request_id = q.request_id AND r.requester_id = q.requester_id
   AND r.organization_id = q.organization_id AND r.identified
LEFT JOIN jobtrail_p1.job AS j
    ON j.job_id = q.job_id AND (j.organization_id = q.organization_id) IS TRUE -- see rows_update
LEFT JOIN jobtrail.cancel_command AS c
    ON c.job_id = j.job_id AND c.organization_id = j.organization_id AND c.attempt = j.attempt
ORDER BY q.place
