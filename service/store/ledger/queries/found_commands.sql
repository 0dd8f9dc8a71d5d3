-- SPDX-License-Identifier: Apache-2.0
-- These commands are in their topic. Those that the ledger does not know are recorded as found again, and
-- so are the requests that they were granted for; a request that still waits is decided. Of those that it
-- knows and that count as never published ($13 is 1: that can be told) it is noted that they were, and they
-- leave the outbox. Returns what was found, and what is foreign: of a job whose creator is known, undisputed,
-- and somebody else, so that no gate granted it. JT004: somebody else recorded one meanwhile, or it was not written.
WITH all_sent AS (
    SELECT DISTINCT ON (n.command_id) n.*,
           EXISTS (SELECT FROM jobtrail_p1.job AS j
                   WHERE j.job_id = n.job_id AND (j.organization_id = n.organization_id) IS TRUE
                     AND j.created_at IS NOT NULL AND NOT j.creator_disputed
                     AND j.creator_id IS DISTINCT FROM n.requester_id) AS is_foreign
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[],
                $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[],
                $12::timestamptz[])
         AS n(command_id, request_id, organization_id, job_id, attempt, type, requester_id, reason,
              traceparent, issued_at, answer_by, published_at)
    WHERE NOT jobtrail.is_gone_for_good(n.organization_id, n.job_id, n.requester_id, n.issued_at)
    ORDER BY n.command_id, n.published_at
), sent AS (
    SELECT s.* FROM all_sent AS s
    WHERE NOT s.is_foreign OR EXISTS (SELECT FROM jobtrail.cancel_command AS c
                                      WHERE c.command_id = s.command_id)
), known AS (
    SELECT c.command_id FROM sent AS s JOIN jobtrail.cancel_command AS c ON c.command_id = s.command_id
), noted AS (
    UPDATE jobtrail.cancel_command AS c SET publications = 1, published_at = s.published_at
    FROM sent AS s
    WHERE $13::integer = 1 AND c.command_id = s.command_id AND c.publications = 0
      AND c.withdrawn_at IS NULL
    RETURNING c.command_id
), settled AS (
    DELETE FROM jobtrail.outbox WHERE id IN (
        SELECT min(o.id) FROM noted AS n JOIN jobtrail.outbox AS o ON o.command_id = n.command_id
        WHERE o.refusal IS NULL GROUP BY o.command_id)
), found AS (
    INSERT INTO jobtrail.cancel_command (command_id, request_id, organization_id, job_id, attempt,
                                         type, creator_id, requester_id, reason, traceparent,
                                         issued_at, answer_by, published_at, publications, found_at)
    SELECT s.command_id, s.request_id, s.organization_id, s.job_id, s.attempt, s.type,
           s.requester_id, s.requester_id, s.reason, s.traceparent, s.issued_at, s.answer_by,
           s.published_at, 1, now()
    FROM sent AS s WHERE s.command_id NOT IN (SELECT k.command_id FROM known AS k)
    ON CONFLICT DO NOTHING
    RETURNING *
), requests AS (
    INSERT INTO jobtrail.cancel_request AS r (
        received_at, recorded_at, decided_at, found_at, request_id, command_id, job_attempt,
        identified, decision, reason_code, organization_id, job_id, requester_id, creator_id, reason,
        traceparent)
    SELECT DISTINCT ON (f.request_id, f.requester_id, f.organization_id)
           f.issued_at, clock_timestamp(), f.issued_at, f.found_at, f.request_id, f.command_id,
           f.attempt, true, 'granted', 'CREATOR', f.organization_id, f.job_id, f.requester_id,
           f.creator_id, f.reason, f.traceparent
    FROM found AS f
    ORDER BY f.request_id, f.requester_id, f.organization_id, f.issued_at
    ON CONFLICT (request_id, requester_id, organization_id) WHERE identified DO UPDATE
    SET decided_at = excluded.decided_at, found_at = excluded.found_at,
        command_id = excluded.command_id, job_attempt = excluded.job_attempt,
        decision = excluded.decision, reason_code = excluded.reason_code,
        creator_id = excluded.creator_id
    WHERE r.decided_at IS NULL AND r.job_id = excluded.job_id
    RETURNING 1
), changed AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(f.job_id), array_agg(f.organization_id) FROM found AS f HAVING count(*) > 0
    RETURNING 1
)
SELECT f.command_id, f.organization_id, f.job_id, f.requester_id, false FROM found AS f
UNION ALL
SELECT s.command_id, s.organization_id, s.job_id, s.requester_id, true FROM all_sent AS s
WHERE s.command_id NOT IN (SELECT k.command_id FROM sent AS k)
UNION ALL
-- Of this there is never a row: it is false, or raises.
SELECT NULL, NULL, NULL, NULL, NULL
WHERE CASE
    WHEN (SELECT count(*) FROM found) + (SELECT count(*) FROM known) = (SELECT count(*) FROM sent)
         AND EXISTS (SELECT FROM changed) = EXISTS (SELECT FROM found) THEN false
    ELSE jobtrail.require(false, 'JT004', 'a command that was published was recorded by somebody '
                                          'else meanwhile, or by nobody') IS NULL END
