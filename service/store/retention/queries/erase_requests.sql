-- SPDX-License-Identifier: Apache-2.0
-- Of the ledger's requests behind $1, $2 at most, those of an organisation ($3) that name a member ($4):
-- the name becomes another ($5), in their commands too, and in all requests that were granted these.
-- The last that was looked at, how many were, and how many were changed.
WITH page AS (
    SELECT r.id, r.organization_id, r.requester_id, r.creator_id, r.command_id
    FROM jobtrail.cancel_request AS r WHERE r.id > $1::bigint ORDER BY r.id LIMIT $2::bigint
), theirs AS (
    SELECT p.id, p.command_id, p.requester_id FROM page AS p
    WHERE p.organization_id = $3::text AND (p.requester_id = $4::text OR p.creator_id = $4)
), commands AS (
    UPDATE jobtrail.cancel_command AS c SET creator_id = $5::text, requester_id = $5
    FROM (SELECT DISTINCT command_id FROM theirs WHERE requester_id = $4) AS t
    WHERE c.command_id = t.command_id AND c.requester_id = $4
    RETURNING c.command_id, c.job_id, c.organization_id
), requests AS (
    UPDATE jobtrail.cancel_request AS r
    SET requester_id = CASE WHEN r.requester_id = $4 THEN $5 ELSE r.requester_id END,
        creator_id = CASE WHEN r.creator_id = $4 THEN $5 ELSE r.creator_id END
    WHERE r.id IN (SELECT t.id FROM theirs AS t
                   UNION
                   SELECT g.id FROM jobtrail.cancel_request AS g
                   JOIN commands AS c ON g.job_id = c.job_id AND g.organization_id = c.organization_id
                                     AND g.command_id = c.command_id)
    RETURNING 1
)
SELECT coalesce((SELECT max(id) FROM page), 0), (SELECT count(*) FROM page),
       (SELECT count(*) FROM requests)
