-- SPDX-License-Identifier: Apache-2.0
-- What went out, and what the ledger may have lost of it: after a fail-over to a replica that lacked its
-- tail, or a restore, the ledger is held against the topics of commands and decisions.

-- Of the topics that the relay writes: all before next_offset is in the ledger.
CREATE TABLE jobtrail.published_position (
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    partition   integer NOT NULL CHECK (partition >= 0),
    topic       text COLLATE "C" NOT NULL,
    cluster_id  text,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
SELECT jobtrail.protect('jobtrail.published_position');

-- The past that this database has. Another one means that commits may be missing which a server
-- acknowledged: a promoted replica, a server restored to a moment, a dump in another database.
CREATE FUNCTION jobtrail.epoch() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws('/', (SELECT s.system_identifier FROM pg_control_system() AS s),
                     left(pg_walfile_name(pg_current_wal_lsn()), 8),
                     (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))
$$;
REVOKE ALL ON FUNCTION jobtrail.epoch() FROM PUBLIC;

-- What went out by then of a job that has left, or of a member who was erased, is not found again: it
-- was taken out of the ledger on purpose. The digest is core/erasure.c's.
CREATE FUNCTION jobtrail.is_gone_for_good(organization_id text, job_id text, member_id text,
                                          went_out_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
               SELECT FROM jobtrail.erased_member AS m
               WHERE went_out_at <= m.erased_at
                 AND m.digest = sha256(m.salt || '\x00' || convert_to(is_gone_for_good.organization_id, 'UTF8')
                                       || '\x00' || convert_to(member_id, 'UTF8') || '\x00'))
        OR EXISTS (
               SELECT FROM jobtrail_p1.horizon AS h
               WHERE h.of_organization IN ('', is_gone_for_good.organization_id)
                 AND went_out_at <= h.ended_before
                 AND NOT EXISTS (SELECT FROM jobtrail_p1.job AS j
                                 WHERE j.job_id = is_gone_for_good.job_id
                                   AND j.organization_id = is_gone_for_good.organization_id))
$$;
REVOKE ALL ON FUNCTION jobtrail.is_gone_for_good(text, text, text, timestamptz) FROM PUBLIC;

-- In which epoch the ledger was last compared; without a row it never was. While another one is recorded
-- here than the database has, nobody decides about cancelling.
CREATE TABLE jobtrail.ledger_compared (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    compared_at timestamptz NOT NULL DEFAULT now(),
    epoch       text NOT NULL
);
SELECT jobtrail.protect('jobtrail.ledger_compared');

-- When a row that had been lost was found again in a topic. Of a command that was found nobody knows any
-- more over which channel its request came, and on which revision of the job it was judged.
ALTER TABLE jobtrail.cancel_command ADD COLUMN found_at timestamptz;
ALTER TABLE jobtrail.cancel_request ADD COLUMN found_at timestamptz,
                                    ALTER COLUMN channel DROP NOT NULL,
                                    DROP CONSTRAINT cancel_request_check2;
ALTER TABLE jobtrail.cancel_request ADD CONSTRAINT cancel_request_check2 CHECK (
    (channel IS NOT NULL OR found_at IS NOT NULL)
    AND CASE WHEN decision = 'granted'
             THEN identified AND num_nulls(command_id, job_attempt, creator_id) = 0
                  AND (job_revision IS NOT NULL OR found_at IS NOT NULL)
                  AND requester_id IS NOT DISTINCT FROM creator_id
                  AND reason_code IN ('CREATOR', 'ALREADY_REQUESTED')
             ELSE command_id IS NULL
                  AND coalesce(reason_code, '') NOT IN ('CREATOR', 'ALREADY_REQUESTED') END);
-- What was found, and whose decision may never have gone out.
CREATE INDEX cancel_request_untold ON jobtrail.cancel_request (id)
    WHERE found_at IS NOT NULL AND decision_published_at IS NULL;

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
       c.withdrawn_at AS command_withdrawn_at, r.found_at
FROM jobtrail.cancel_request AS r
LEFT JOIN jobtrail.cancel_command AS c ON c.command_id = r.command_id
LEFT JOIN jobtrail_p1.job AS j ON j.job_id = r.job_id AND j.organization_id = r.organization_id;

COMMENT ON COLUMN jobtrail.cancellation.channel IS 'kafka or http; null: it was found again, and nobody knows.';
COMMENT ON COLUMN jobtrail.cancellation.received_at IS 'When it came: by the broker''s clock, or the service''s over HTTP. Of one that was found again: when it was decided.';
COMMENT ON COLUMN jobtrail.cancellation.job_revision IS 'The revision of the job''s row as judged; null: the job was unknown, or the request was found again.';
COMMENT ON COLUMN jobtrail.cancellation.found_at IS 'When it was found again in a topic, after the ledger had lost it; null: it was not.';

SELECT jobtrail.admit_reader();
