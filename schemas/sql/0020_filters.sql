-- SPDX-License-Identifier: Apache-2.0
-- Filters by when a job started, ended and last changed, and a search in types and, for who sees
-- whose jobs they are, in creators. In place of jobtrail.job_matches, which stays for a version that
-- runs beside this one.
CREATE FUNCTION jobtrail.job_passes(
    job_id text, type text, status smallint, message text, creator_id text,
    created_at timestamptz, started_at timestamptz, finished_at timestamptz, updated_at timestamptz,
    types text[], statuses smallint[], creator text,
    created_from timestamptz, created_to timestamptz, started_from timestamptz,
    started_to timestamptz, finished_from timestamptz, finished_to timestamptz,
    updated_from timestamptz, updated_to timestamptz,
    min_seconds bigint, max_seconds bigint, words text, in_creators boolean) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (types IS NULL OR type = ANY (types))
   AND (statuses IS NULL OR status = ANY (statuses))
   -- What is open has not ended: said twice, so that job_finished can find the few that run.
   AND (statuses IS NULL OR NOT statuses <@ '{0,1}'::smallint[]
        OR jobtrail.or_infinity(finished_at) = 'infinity')
   AND (creator IS NULL OR creator_id = creator)
   AND (created_from IS NULL OR created_at IS NOT NULL
        AND jobtrail.or_infinity(created_at) >= created_from)
   AND (created_to IS NULL OR created_at IS NOT NULL
        AND jobtrail.or_infinity(created_at) <= created_to)
   AND (started_from IS NULL OR started_at >= started_from)
   AND (started_to IS NULL OR started_at <= started_to)
   AND (finished_from IS NULL OR finished_at IS NOT NULL
        AND jobtrail.or_infinity(finished_at) >= finished_from
        AND jobtrail.or_infinity(finished_at) < 'infinity')
   AND (finished_to IS NULL OR finished_at IS NOT NULL
        AND jobtrail.or_infinity(finished_at) <= finished_to)
   AND (updated_from IS NULL OR updated_at >= updated_from)
   AND (updated_to IS NULL OR updated_at <= updated_to)
   AND (min_seconds IS NULL OR greatest(coalesce(finished_at, now()), started_at) - started_at
                               >= interval '1 second' * min_seconds)
   AND (max_seconds IS NULL OR greatest(coalesce(finished_at, now()), started_at) - started_at
                               <= interval '1 second' * max_seconds)
   AND (words IS NULL OR strpos(lower(job_id COLLATE "default"), lower(words)) > 0
        OR strpos(lower(message), lower(words)) > 0
        OR strpos(lower(type COLLATE "default"), lower(words)) > 0
        OR in_creators AND strpos(lower(creator_id COLLATE "default"), lower(words)) > 0);
