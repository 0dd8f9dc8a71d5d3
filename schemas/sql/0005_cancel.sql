-- SPDX-License-Identifier: Apache-2.0
-- Who asked for what to be cancelled, what was decided, what was commanded. Never rebuilt.
--
-- The gate in service/core/gate.c decides. The constraints below refuse what it must never ask for,
-- whatever becomes of the code.

-- What goes out to job.commands. One an attempt: its id follows from organisation, job and attempt.
CREATE TABLE jobtrail.cancel_command (
    issued_at       timestamptz NOT NULL,
    answer_by       timestamptz NOT NULL, -- unanswered from then on
    published_at    timestamptz,          -- the latest time; null: not yet
    command_id      uuid PRIMARY KEY,
    request_id      uuid NOT NULL,        -- of the request that it was first granted for
    attempt         integer NOT NULL CHECK (attempt > 0),
    publications    integer NOT NULL DEFAULT 0,
    organization_id text COLLATE "C" NOT NULL,
    job_id          text COLLATE "C" NOT NULL,
    type            text COLLATE "C" NOT NULL,
    creator_id      text COLLATE "C" NOT NULL, -- as judged
    requester_id    text COLLATE "C" NOT NULL CHECK (requester_id = creator_id),
    reason          text,
    traceparent     text,
    UNIQUE (job_id, organization_id, attempt),
    UNIQUE (command_id, job_id, organization_id, attempt, creator_id)
);
-- What is open or unanswered lies at its end, however many commands there were.
CREATE INDEX cancel_command_answer_by ON jobtrail.cancel_command (answer_by);
SELECT jobtrail.protect('jobtrail.cancel_command');

-- The ledger: a row for every request, whatever came of it.
CREATE TABLE jobtrail.cancel_request (
    id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at           timestamptz NOT NULL, -- when it came: by the broker's clock, or ours over HTTP
    recorded_at           timestamptz NOT NULL, -- when it was first judged
    waits_until           timestamptz,          -- not decided before then while the job is unknown
    decided_at            timestamptz,          -- null: it waits for its job
    decision_published_at timestamptz,          -- the latest time; null: not yet
    record_offset         bigint,
    job_revision          bigint,               -- of the job's row as judged; null: there was none
    request_id            uuid NOT NULL,
    command_id            uuid,                 -- of a granted one
    partition             integer,
    job_attempt           integer,              -- as judged
    -- Whether (organization_id, requester_id, request_id) is this request's identity. Not that of a
    -- request whose requester is only claimed, nor of one that takes the identity of another.
    identified            boolean NOT NULL,
    channel               text NOT NULL CHECK (channel IN ('kafka', 'http')),
    decision              text CHECK (decision IN ('granted', 'refused')),
    reason_code           text,
    organization_id       text COLLATE "C" NOT NULL,
    job_id                text COLLATE "C" NOT NULL,
    requester_id          text COLLATE "C" NOT NULL,
    creator_id            text COLLATE "C",     -- as judged
    topic                 text COLLATE "C",     -- with partition and offset: where it stood in Kafka
    reason                text,                 -- the requester's words
    traceparent           text,
    CHECK (num_nulls(decision, reason_code, decided_at) IN (0, 3)),
    CHECK (decided_at IS NOT NULL OR (waits_until IS NOT NULL AND identified)),
    CHECK (CASE WHEN decision = 'granted'
                THEN identified AND num_nulls(command_id, job_revision, job_attempt, creator_id) = 0
                     AND requester_id IS NOT DISTINCT FROM creator_id
                     AND reason_code IN ('CREATOR', 'ALREADY_REQUESTED')
                ELSE command_id IS NULL
                     AND coalesce(reason_code, '') NOT IN ('CREATOR', 'ALREADY_REQUESTED') END),
    CHECK (identified OR reason_code IN ('INVALID_CREDENTIALS', 'REQUEST_ID_REUSED')),
    CHECK (num_nulls(topic, partition, record_offset) = CASE channel WHEN 'kafka' THEN 0 ELSE 3 END),
    UNIQUE (topic, partition, record_offset),
    FOREIGN KEY (command_id, job_id, organization_id, job_attempt, requester_id)
        REFERENCES jobtrail.cancel_command (command_id, job_id, organization_id, attempt, creator_id)
);
CREATE UNIQUE INDEX cancel_request_identity
    ON jobtrail.cancel_request (request_id, requester_id, organization_id) WHERE identified;
CREATE INDEX cancel_request_job ON jobtrail.cancel_request (job_id, organization_id);
CREATE INDEX cancel_request_waiting ON jobtrail.cancel_request (id) WHERE decided_at IS NULL;
SELECT jobtrail.protect('jobtrail.cancel_request');

-- What is still to be published: a command, or the decision on a request. Gone once it is.
CREATE TABLE jobtrail.outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    request    bigint REFERENCES jobtrail.cancel_request,
    command_id uuid REFERENCES jobtrail.cancel_command,
    refusal    text, -- the broker will never take it, and why; it is not tried again
    CHECK (num_nonnulls(request, command_id) = 1)
);
-- Commands are looked for first; ten thousand decisions that cannot go out are not in their way.
CREATE INDEX outbox_command ON jobtrail.outbox (id)
    WHERE command_id IS NOT NULL AND refusal IS NULL;
CREATE INDEX outbox_decision ON jobtrail.outbox (id) WHERE request IS NOT NULL AND refusal IS NULL;
SELECT jobtrail.protect('jobtrail.outbox');

-- A dead letter that the broker will never take stays here, and says why.
ALTER TABLE jobtrail.dead_letter ADD COLUMN refusal text;
DROP INDEX jobtrail.dead_letter_unpublished;
CREATE INDEX dead_letter_unpublished ON jobtrail.dead_letter (id)
    WHERE published_at IS NULL AND refusal IS NULL;

-- How far the cancel requests have been read: moved in the transaction of their decisions.
CREATE TABLE jobtrail.cancel_position (
    next_offset       bigint NOT NULL CHECK (next_offset >= 0),
    last_offset       bigint NOT NULL, -- of the last record read; -1: none yet
    last_timestamp_ms bigint NOT NULL,
    last_hash         bigint NOT NULL,
    updated_at        timestamptz NOT NULL DEFAULT now(),
    partition         integer NOT NULL CHECK (partition >= 0),
    topic             text COLLATE "C" NOT NULL,
    cluster_id        text,
    owner             text,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
SELECT jobtrail.protect('jobtrail.cancel_position');

-- What became of an attempt that was commanded to stop, as of now: derived, since a late event may
-- still change it. The history's first end of an attempt is the one that counts for it.
CREATE FUNCTION jobtrail.cancel_outcome(attempt integer, answer_by timestamptz,
                                        job_attempt integer, job_status smallint, history bytea)
RETURNS text LANGUAGE sql STABLE
RETURN CASE
    WHEN job_attempt = attempt AND job_status = 4 THEN 'honoured'
    WHEN job_attempt = attempt AND job_status IN (2, 3) THEN 'overtaken'
    WHEN job_attempt > attempt THEN
        CASE (SELECT h.kind FROM jobtrail.unpack_history(history) AS h
              WHERE h.set = 'end' AND h.attempt = cancel_outcome.attempt ORDER BY h.rank LIMIT 1)
            WHEN 'JobCancelled' THEN 'honoured' ELSE 'overtaken' END
    WHEN now() >= answer_by THEN 'unanswered'
    ELSE 'open' END;

-- A request with its outcome: pending, refused, open, honoured, overtaken or unanswered.
CREATE VIEW jobtrail.cancellation WITH (security_invoker = true) AS
SELECT r.organization_id, r.job_id, r.requester_id, r.request_id,
       CASE WHEN r.decided_at IS NULL THEN 'pending'
            WHEN r.decision = 'refused' THEN 'refused'
            ELSE jobtrail.cancel_outcome(c.attempt, c.answer_by, j.attempt, j.status, j.history)
            END AS outcome,
       r.decision, r.reason_code, r.reason, r.channel, r.received_at, r.decided_at, r.waits_until,
       r.decision_published_at, r.command_id, r.job_attempt AS attempt,
       c.issued_at AS command_issued_at, c.published_at AS command_published_at, c.answer_by,
       r.creator_id, r.job_revision, r.topic, r.partition, r.record_offset, r.identified, r.id
FROM jobtrail.cancel_request AS r
LEFT JOIN jobtrail.cancel_command AS c ON c.command_id = r.command_id
LEFT JOIN jobtrail_p1.job AS j ON j.job_id = r.job_id AND j.organization_id = r.organization_id;

SELECT jobtrail.admit_reader();
