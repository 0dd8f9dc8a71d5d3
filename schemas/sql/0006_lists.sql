-- SPDX-License-Identifier: Apache-2.0
-- What lists of jobs stand on: three indexes, and one place for what a filter means.
--
-- An index costs the projector a write for every new row, and for every row that ends, so each has
-- its argument here. All begin with the organisation, which every question names. None has a column
-- that changes while a job runs (updated_at, status, progress, message): such updates stay within
-- their page. None has the id, the widest column, behind the time: jobs of one moment are few, and
-- are sorted when a page meets them (100,000 of one moment: a quarter of a second). Together the
-- three cost about two thirds of what PostgreSQL spends on projecting without them; with the id it
-- was nearly all of it again.
--
-- There is none for lists by id: the primary key, (job_id, organization_id), is walked in order for
-- a large organisation, and the jobs of a small one are fetched by job_created and sorted.

-- A time as a key, for a keyset has no nulls: what is not known yet comes last of all. No coalesce:
-- PostgreSQL 15 takes that for leaky and then, under row-level security, does not use an index for
-- it. The planner puts the body in place of the call.
CREATE FUNCTION jobtrail.or_infinity(known timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN known IS NULL THEN 'infinity' ELSE known END;

-- All jobs of an organisation in the order of their creation: the list as it is opened, the newest
-- of which a search looks at, and counts.
CREATE INDEX job_created
    ON jobtrail_p1.job (organization_id, jobtrail.or_infinity(created_at));

-- The same for one member's own jobs: without it, a member with few jobs in a large organisation
-- would have all of it read for a page, and that is the list most viewers may see.
CREATE INDEX job_created_by
    ON jobtrail_p1.job (organization_id, creator_id, jobtrail.or_infinity(created_at));

-- Jobs in the order of their last change: an ended job counts from its end, which an index can
-- hold; the open ones, found here under infinity, are few and are sorted by updated_at when asked.
-- One index for both costs as many entries as one for each, and finds what runs as well.
CREATE INDEX job_finished
    ON jobtrail_p1.job (organization_id, jobtrail.or_infinity(finished_at));

-- Whether a job passes a filter, each part of which is null where it is not asked for. Written so
-- that the planner puts it in place of the call and leaves out what was not asked.
CREATE FUNCTION jobtrail.job_matches(
    job_id text, type text, status smallint, message text, creator_id text,
    created_at timestamptz, started_at timestamptz, finished_at timestamptz,
    types text[], statuses smallint[], creator text, created_from timestamptz,
    created_to timestamptz, min_seconds bigint, max_seconds bigint, words text) RETURNS boolean
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
   AND (min_seconds IS NULL
        OR coalesce(finished_at, now()) - started_at >= interval '1 second' * min_seconds)
   AND (max_seconds IS NULL
        OR coalesce(finished_at, now()) - started_at <= interval '1 second' * max_seconds)
   AND (words IS NULL OR strpos(lower(job_id COLLATE "default"), lower(words)) > 0
        OR strpos(lower(message), lower(words)) > 0);

-- The service reads for its viewers as jobtrail_reader, so whoever runs it must be a member. A
-- superuser who migrates makes the owner one; a role that may not leaves it to an administrator.
DO $$
DECLARE
    owner CONSTANT name := current_user;
BEGIN
    IF to_regrole('jobtrail_reader') IS NULL OR pg_has_role(owner, 'jobtrail_reader', 'MEMBER') THEN
        RETURN;
    END IF;
    PERFORM set_config('role', 'none', true);
    EXECUTE format('GRANT jobtrail_reader TO %I', owner);
    PERFORM set_config('role', owner, true);
EXCEPTION
    WHEN unique_violation THEN
        NULL; -- another database of this server was migrated at the same moment
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role % may not grant: have an administrator run GRANT jobtrail_reader'
            ' TO %, or jobtrail serves no lists', current_user, quote_ident(owner);
END
$$;

SELECT jobtrail.admit_reader();
