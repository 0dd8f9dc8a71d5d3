-- SPDX-License-Identifier: Apache-2.0
-- Why a job is in its state. $1 organisation, $2 creator in whose scope (null: all), $3 the job.
SELECT h.set, h.kind, h.rank, h.attempt, h.event_id, h.command_id, h.occurred_at, h.message, h.type,
       h.creator_id, h.error_code, h.cancellable
FROM jobtrail_p1.job AS j, jobtrail.unpack_history(j.history) AS h
WHERE j.job_id = $3::text AND j.organization_id = $1
  AND ($2::text IS NULL OR j.creator_id = $2)
ORDER BY array_position(ARRAY['creation', 'start', 'end'], h.set), h.rank
