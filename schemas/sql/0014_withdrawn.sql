-- SPDX-License-Identifier: Apache-2.0
-- A command that waited is judged once more before it is published. One that never went out, and whose
-- requester is not positively the job's creator any more, is withdrawn: it keeps its row, with when.
ALTER TABLE jobtrail.cancel_command ADD COLUMN withdrawn_at timestamptz;

-- A request with its outcome: pending, refused, withdrawn, open, honoured, overtaken or unanswered.
CREATE OR REPLACE VIEW jobtrail.cancellation WITH (security_invoker = true) AS
SELECT r.organization_id, r.job_id, r.requester_id, r.request_id,
       CASE WHEN r.decided_at IS NULL THEN 'pending'
            WHEN r.decision = 'refused' THEN 'refused'
            WHEN c.withdrawn_at IS NOT NULL THEN 'withdrawn'
            ELSE jobtrail.cancel_outcome(c.attempt, c.answer_by, j.attempt, j.status, j.history)
            END AS outcome,
       r.decision, r.reason_code, r.reason, r.channel, r.received_at, r.decided_at, r.waits_until,
       r.decision_published_at, r.command_id, r.job_attempt AS attempt,
       c.issued_at AS command_issued_at, c.published_at AS command_published_at, c.answer_by,
       r.creator_id, r.job_revision, r.topic, r.partition, r.record_offset, r.identified, r.id,
       c.withdrawn_at AS command_withdrawn_at
FROM jobtrail.cancel_request AS r
LEFT JOIN jobtrail.cancel_command AS c ON c.command_id = r.command_id
LEFT JOIN jobtrail_p1.job AS j ON j.job_id = r.job_id AND j.organization_id = r.organization_id;

SELECT jobtrail.admit_reader();
