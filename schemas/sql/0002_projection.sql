-- SPDX-License-Identifier: Apache-2.0
-- The read model: what a projection owns, and the views through which others read it.

-- Raises unless the condition holds. In the same transaction as the writing it guards, so that a
-- COMMIT that was sent along can commit no part. JT001: a position moved; JT002: a row was
-- replaced; JT003: the transaction took too long.
CREATE FUNCTION jobtrail.require(condition boolean, code text, message text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF condition IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
    END IF;
END
$$;

CREATE SCHEMA jobtrail_p1;

-- One row a job. The selective half of the key comes first; no changing column is indexed, and
-- room is left in each page, so that updates stay within it.
CREATE TABLE jobtrail_p1.job (
    created_at       timestamptz,
    started_at       timestamptz,
    finished_at      timestamptz,
    updated_at       timestamptz NOT NULL,
    revision         bigint NOT NULL, -- random with every write: names the base of the next one
    attempt          integer NOT NULL CHECK (attempt > 0),
    status           smallint NOT NULL CHECK (status BETWEEN 0 AND 4), -- jobtrail.status_name
    progress         smallint CHECK (progress BETWEEN 0 AND 100),
    creator_disputed boolean NOT NULL,
    cancellable      boolean NOT NULL,
    job_id           text COLLATE "C" NOT NULL,
    -- Never empty: that is what the setting jobtrail.organization is when it was reset.
    organization_id  text COLLATE "C" NOT NULL CHECK (organization_id <> ''),
    type             text COLLATE "C",
    creator_id       text COLLATE "C",
    message          text,
    error_code       text,
    error_detail     text,
    result_uri       text,
    state            bytea, -- packed by core: what of the fold the columns do not tell
    history          bytea, -- packed by core: see jobtrail.unpack_history
    PRIMARY KEY (job_id, organization_id)
) WITH (fillfactor = 70);
SELECT jobtrail.protect('jobtrail_p1.job');

-- Exact totals. A shard is one writer's share, and may be negative: only sums mean something.
CREATE TABLE jobtrail_p1.job_count (
    n               bigint NOT NULL,
    shard           integer NOT NULL,
    status          smallint NOT NULL,
    organization_id text COLLATE "C" NOT NULL,
    type            text COLLATE "C" NOT NULL, -- empty while the creation is unknown
    PRIMARY KEY (organization_id, type, status, shard)
) WITH (fillfactor = 50);
SELECT jobtrail.protect('jobtrail_p1.job_count');

-- How far a projection has read each source. Moved with the rows, by compare-and-set.
CREATE TABLE jobtrail_p1.source_position (
    next_offset       bigint NOT NULL CHECK (next_offset >= 0),
    last_offset       bigint NOT NULL, -- of the last record read; -1: none yet
    last_timestamp_ms bigint NOT NULL,
    last_hash         bigint NOT NULL,
    log_end           bigint, -- offset behind the last stable record, as of log_end_seen_at
    log_end_seen_at   timestamptz,
    caught_up_at      timestamptz, -- latest moment at which the projection had the whole log
    updated_at        timestamptz NOT NULL DEFAULT now(),
    partition         integer NOT NULL CHECK (partition >= 0),
    topic             text COLLATE "C" NOT NULL,
    cluster_id        text,
    owner             text,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
SELECT jobtrail.protect('jobtrail_p1.source_position');
-- It tells of topics, not of organisations: every reader may know how fresh its answers are.
CREATE POLICY everybody ON jobtrail_p1.source_position FOR SELECT USING (true);

CREATE FUNCTION jobtrail.status_name(status smallint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE status WHEN 0 THEN 'accepted' WHEN 1 THEN 'running' WHEN 2 THEN 'successful'
                   WHEN 3 THEN 'failed' WHEN 4 THEN 'dismissed' END;

CREATE VIEW jobtrail.job WITH (security_invoker = true) AS
SELECT organization_id, job_id, type, jobtrail.status_name(status) AS status, message, progress,
       created_at, started_at, finished_at, updated_at, creator_id, creator_disputed, cancellable,
       attempt, error_code, error_detail, result_uri
FROM jobtrail_p1.job;

CREATE VIEW jobtrail.job_count WITH (security_invoker = true) AS
SELECT organization_id, type, jobtrail.status_name(status) AS status, sum(n)::bigint AS n
FROM jobtrail_p1.job_count
GROUP BY organization_id, type, job_count.status
HAVING sum(n) <> 0;

CREATE VIEW jobtrail.source_position WITH (security_invoker = true) AS
SELECT topic, partition, next_offset, last_offset, last_timestamp_ms, last_hash, log_end,
       log_end_seen_at, caught_up_at, cluster_id, owner, updated_at
FROM jobtrail_p1.source_position;

SELECT jobtrail.admit_reader();
