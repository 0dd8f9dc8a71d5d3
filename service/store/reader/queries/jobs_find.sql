-- SPDX-License-Identifier: Apache-2.0
-- Jobs by their ids ($2), of an organisation ($1), as a list has them, and the texts a search looks
-- at, in lower case. The detail of an error is not part of a list.
SELECT p.job_id, p.organization_id, p.status::integer, p.attempt, p.progress::integer, p.type,
       p.creator_id, p.message, p.error_code, NULL::text AS error_detail, p.result_uri,
       p.creator_disputed, p.cancellable, p.created_at, p.started_at, p.finished_at, p.updated_at,
       (SELECT now() >= c.answer_by FROM jobtrail.cancel_command AS c
        WHERE c.job_id = p.job_id AND c.organization_id = p.organization_id
          AND c.attempt = p.attempt AND c.withdrawn_at IS NULL) AS command_due,
       false AS bounded,
       lower(p.job_id COLLATE "default"), lower(p.message), lower(p.type COLLATE "default"),
       lower(p.creator_id COLLATE "default")
FROM jobtrail_p1.job AS p
WHERE p.job_id = ANY ($2::text[] COLLATE "C") AND p.organization_id = $1
