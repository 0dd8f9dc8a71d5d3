-- SPDX-License-Identifier: Apache-2.0
-- These decisions are in their topic. Those that the ledger does not know are recorded as found again, a
-- request that still waits is decided. Of those that it knows it is noted that they were published, and they
-- leave the outbox. One that was granted counts only with its command. Returns what was found, and what was granted and
-- cannot be recorded, since its command neither went out nor is known. JT004: as in found_commands.
WITH sent AS (
    SELECT DISTINCT ON (n.request_id, n.requester_id, n.organization_id)
           n.*, c.attempt, c.creator_id,
           n.decision = 'refused' OR c.command_id IS NOT NULL AS is_sound,
           r.id IS NOT NULL AND (r.decided_at IS NOT NULL OR r.job_id <> n.job_id) AS is_known
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[],
                $8::text[], $9::timestamptz[], $10::timestamptz[])
         AS n(request_id, organization_id, job_id, requester_id, decision, reason_code, command_id,
              traceparent, decided_at, published_at)
    LEFT JOIN jobtrail.cancel_command AS c
        ON c.command_id = n.command_id AND n.decision = 'granted' AND c.job_id = n.job_id
       AND c.organization_id = n.organization_id AND c.creator_id = n.requester_id
    LEFT JOIN jobtrail.cancel_request AS r
        ON r.request_id = n.request_id AND r.requester_id = n.requester_id
       AND r.organization_id = n.organization_id AND r.identified
    WHERE NOT jobtrail.is_gone_for_good(n.organization_id, n.job_id, n.requester_id, n.decided_at)
    ORDER BY n.request_id, n.requester_id, n.organization_id, n.decided_at DESC
), noted AS (
    UPDATE jobtrail.cancel_request AS r SET decision_published_at = s.published_at
    FROM sent AS s
    WHERE r.request_id = s.request_id AND r.requester_id = s.requester_id
      AND r.organization_id = s.organization_id AND r.identified AND r.job_id = s.job_id
      AND r.decided_at = s.decided_at AND r.decision = s.decision
      AND r.decision_published_at IS NULL
    RETURNING r.id
), settled AS (
    DELETE FROM jobtrail.outbox WHERE id IN (
        SELECT min(o.id) FROM noted AS n JOIN jobtrail.outbox AS o ON o.request = n.id
        WHERE o.refusal IS NULL GROUP BY o.request)
), found AS (
    INSERT INTO jobtrail.cancel_request AS r (
        received_at, recorded_at, decided_at, found_at, decision_published_at, request_id,
        command_id, job_attempt, identified, decision, reason_code, organization_id, job_id,
        requester_id, creator_id, traceparent)
    SELECT s.decided_at, clock_timestamp(), s.decided_at, now(), s.published_at, s.request_id,
           CASE WHEN s.decision = 'granted' THEN s.command_id END, s.attempt, true, s.decision,
           s.reason_code, s.organization_id, s.job_id, s.requester_id, s.creator_id, s.traceparent
    FROM sent AS s WHERE s.is_sound AND NOT s.is_known
    ON CONFLICT (request_id, requester_id, organization_id) WHERE identified DO UPDATE
    SET decided_at = excluded.decided_at, found_at = excluded.found_at,
        decision_published_at = excluded.decision_published_at, command_id = excluded.command_id,
        job_attempt = excluded.job_attempt, decision = excluded.decision,
        reason_code = excluded.reason_code, creator_id = excluded.creator_id
    WHERE r.decided_at IS NULL AND r.job_id = excluded.job_id
    RETURNING *
), changed AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(f.job_id), array_agg(f.organization_id) FROM found AS f HAVING count(*) > 0
    RETURNING 1
)
SELECT f.request_id, f.organization_id, f.job_id, f.requester_id, false FROM found AS f
UNION ALL
SELECT s.request_id, s.organization_id, s.job_id, s.requester_id, true
FROM sent AS s WHERE NOT s.is_sound AND NOT s.is_known
UNION ALL
-- Of this there is never a row: it is false, or raises.
SELECT NULL, NULL, NULL, NULL, NULL
WHERE CASE
    WHEN (SELECT count(*) FROM found)
             = (SELECT count(*) FROM sent AS s WHERE s.is_sound AND NOT s.is_known)
         AND EXISTS (SELECT FROM changed) = EXISTS (SELECT FROM found) THEN false
    ELSE jobtrail.require(false, 'JT004', 'a decision that was published was recorded by somebody '
                                          'else meanwhile, or by nobody') IS NULL END
