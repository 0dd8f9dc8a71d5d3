-- SPDX-License-Identifier: Apache-2.0
-- Whose jobs a reader may see is the owner's to say. So far the setting jobtrail.organization, which
-- every session sets as it likes, was all there was: a filter, and no wall.

-- One row for each organisation that a role, which logs in by this name, may read; an organisation of
-- null: any, as the setting says. A role without a row reads none.
CREATE TABLE jobtrail.reader_organization (
    role            name NOT NULL,
    organization_id text COLLATE "C" CHECK (organization_id <> ''),
    UNIQUE NULLS NOT DISTINCT (role, organization_id)
);
ALTER TABLE jobtrail.reader_organization ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON jobtrail.reader_organization FOR SELECT USING (role = session_user);

-- Whether the session's role reads any organisation: it has such a row, or it is one of those to whom
-- all belongs. Who becomes another role by SET ROLE, as the service does, stays who it is.
CREATE FUNCTION jobtrail.reads_any_organization() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_has_role(session_user, (SELECT c.relowner FROM pg_class AS c
                                      WHERE c.oid = 'jobtrail.reader_organization'::regclass), 'MEMBER')
        OR EXISTS (SELECT FROM jobtrail.reader_organization AS r
                   WHERE r.role = session_user AND r.organization_id IS NULL)
$$;

-- The organisation that the session reads: the one that the setting names, if it may; without a
-- setting the one that its role has, if there is but one; else none.
CREATE FUNCTION jobtrail.read_organization() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN nullif(current_setting('jobtrail.organization', true), '') IS NULL THEN
            (SELECT min(r.organization_id) FROM jobtrail.reader_organization AS r
             WHERE r.role = session_user
             HAVING count(*) = 1 AND count(r.organization_id) = 1)
        WHEN jobtrail.reads_any_organization()
             OR EXISTS (SELECT FROM jobtrail.reader_organization AS r
                        WHERE r.role = session_user
                          AND r.organization_id = current_setting('jobtrail.organization', true))
        THEN current_setting('jobtrail.organization', true) END
$$;

-- As before, but for the organisation. The subquery is asked once, not for each row.
CREATE OR REPLACE FUNCTION jobtrail.protect(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    IF EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = relation AND attname = 'organization_id' AND NOT attisdropped) THEN
        EXECUTE format('CREATE POLICY organization ON %s FOR SELECT USING (organization_id ='
                       ' (SELECT jobtrail.read_organization()))', relation);
    END IF;
END
$$;

DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT p.polrelid::regclass FROM pg_policy AS p
                    JOIN pg_class AS c ON c.oid = p.polrelid
                    JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE p.polname = 'organization' AND n.nspname ~ '^jobtrail(_p[0-9]+)?$'
    LOOP
        EXECUTE format('ALTER POLICY organization ON %s USING (organization_id ='
                       ' (SELECT jobtrail.read_organization()))', relation);
    END LOOP;
END
$$;

-- Who could read jobs before goes on as before, until the owner says otherwise.
DO $$
DECLARE
    kept text;
BEGIN
    WITH readers AS (
        INSERT INTO jobtrail.reader_organization (role)
        SELECT r.rolname FROM pg_roles AS r
        WHERE EXISTS (SELECT FROM jobtrail_p1.job) AND r.rolcanlogin AND NOT r.rolsuper AND NOT pg_has_role(r.oid, current_user, 'MEMBER')
          AND (has_table_privilege(r.oid, 'jobtrail.job', 'SELECT')
               OR coalesce(pg_has_role(r.oid, to_regrole('jobtrail_reader'), 'MEMBER'), false))
        RETURNING role
    )
    SELECT string_agg(quote_ident(role), ', ' ORDER BY role) INTO kept FROM readers;
    IF kept IS NOT NULL THEN
        RAISE NOTICE 'these roles read every organisation that they name, as before: %; to bind one to'
            ' an organisation, replace its row in jobtrail.reader_organization', kept;
    END IF;
END
$$;

SELECT jobtrail.admit_reader();

-- What there is to read, for whoever finds it with a tool that shows comments.
COMMENT ON VIEW jobtrail.job IS 'One row a job: the fold of all its events.';
COMMENT ON COLUMN jobtrail.job.organization_id IS 'The organisation that the job belongs to; with job_id it identifies the job.';
COMMENT ON COLUMN jobtrail.job.job_id IS 'The job''s identifier within its organisation.';
COMMENT ON COLUMN jobtrail.job.type IS 'What kind of job it is; null while its creation is not known.';
COMMENT ON COLUMN jobtrail.job.status IS 'accepted, running, successful, failed or dismissed: of the highest attempt.';
COMMENT ON COLUMN jobtrail.job.message IS 'What its service says of it, for people; may be cut.';
COMMENT ON COLUMN jobtrail.job.progress IS 'Percent, 0 to 100, of the highest attempt; null until one is stated.';
COMMENT ON COLUMN jobtrail.job.created_at IS 'When it was created; null while its creation is not known.';
COMMENT ON COLUMN jobtrail.job.started_at IS 'When the highest attempt started; null: not stated.';
COMMENT ON COLUMN jobtrail.job.finished_at IS 'When the highest attempt ended; null: it has not.';
COMMENT ON COLUMN jobtrail.job.updated_at IS 'The latest moment of any event of it.';
COMMENT ON COLUMN jobtrail.job.creator_id IS 'The member who created it, and who alone may cancel it; null: nobody, or not known.';
COMMENT ON COLUMN jobtrail.job.creator_disputed IS 'Creations differ in their creator: nobody may cancel it.';
COMMENT ON COLUMN jobtrail.job.cancellable IS 'Whether it was created as one that can be cancelled.';
COMMENT ON COLUMN jobtrail.job.attempt IS 'The highest attempt seen, from 1.';
COMMENT ON COLUMN jobtrail.job.error_code IS 'Of a failed one: what went wrong, for programs.';
COMMENT ON COLUMN jobtrail.job.error_detail IS 'Of a failed one: what went wrong, at length; may be cut.';
COMMENT ON COLUMN jobtrail.job.result_uri IS 'Of a successful one: where its result is.';

COMMENT ON VIEW jobtrail.job_count IS 'How many jobs there are, exactly.';
COMMENT ON COLUMN jobtrail.job_count.organization_id IS 'The organisation of the jobs.';
COMMENT ON COLUMN jobtrail.job_count.type IS 'Their type; empty: their creation is not known.';
COMMENT ON COLUMN jobtrail.job_count.status IS 'Their status, as in jobtrail.job.';
COMMENT ON COLUMN jobtrail.job_count.n IS 'How many they are.';

COMMENT ON VIEW jobtrail.job_history IS 'Why a job is in its state: its creations, starts and ends, the deciding one of each first.';
COMMENT ON COLUMN jobtrail.job_history.organization_id IS 'The organisation of the job.';
COMMENT ON COLUMN jobtrail.job_history.job_id IS 'The job.';
COMMENT ON COLUMN jobtrail.job_history.set IS 'creation, start or end.';
COMMENT ON COLUMN jobtrail.job_history.rank IS 'The place in its set: 0 is the event that decides.';
COMMENT ON COLUMN jobtrail.job_history.kind IS 'The name of the event''s record, such as JobCreated.';
COMMENT ON COLUMN jobtrail.job_history.event_id IS 'The event''s own identifier.';
COMMENT ON COLUMN jobtrail.job_history.attempt IS 'The attempt that it is about.';
COMMENT ON COLUMN jobtrail.job_history.occurred_at IS 'When it occurred, as its service says.';
COMMENT ON COLUMN jobtrail.job_history.message IS 'Its message, cut to 256 bytes; null: none.';
COMMENT ON COLUMN jobtrail.job_history.type IS 'Of a creation: the job''s type.';
COMMENT ON COLUMN jobtrail.job_history.creator_id IS 'Of a creation: the member who created the job; null: nobody.';
COMMENT ON COLUMN jobtrail.job_history.cancellable IS 'Of a creation: whether the job can be cancelled.';
COMMENT ON COLUMN jobtrail.job_history.error_code IS 'Of a failure: what went wrong, for programs.';
COMMENT ON COLUMN jobtrail.job_history.command_id IS 'Of a cancellation: the command that it obeys; null: none.';

COMMENT ON VIEW jobtrail.source_position IS 'How far each partition of the topics of events is read, and how fresh the rows are.';
COMMENT ON COLUMN jobtrail.source_position.topic IS 'The topic in Kafka.';
COMMENT ON COLUMN jobtrail.source_position.partition IS 'Its partition.';
COMMENT ON COLUMN jobtrail.source_position.next_offset IS 'The next offset to be read; null: nobody has begun to.';
COMMENT ON COLUMN jobtrail.source_position.last_offset IS 'The offset of the last record read; -1: none yet.';
COMMENT ON COLUMN jobtrail.source_position.last_timestamp_ms IS 'That record''s time in Kafka, in milliseconds since 1970.';
COMMENT ON COLUMN jobtrail.source_position.last_hash IS 'A hash of that record, by which another log is told.';
COMMENT ON COLUMN jobtrail.source_position.log_end IS 'The offset behind the last record of the log, as of log_end_seen_at.';
COMMENT ON COLUMN jobtrail.source_position.log_end_seen_at IS 'When the log''s end was asked for.';
COMMENT ON COLUMN jobtrail.source_position.caught_up_at IS 'The latest moment of which it is proved that the whole log was projected; null: never.';
COMMENT ON COLUMN jobtrail.source_position.cluster_id IS 'The Kafka cluster that the topic is in.';
COMMENT ON COLUMN jobtrail.source_position.owner IS 'The process that wrote this last.';
COMMENT ON COLUMN jobtrail.source_position.updated_at IS 'When that was.';

COMMENT ON VIEW jobtrail.cancellation IS 'Every request to cancel a job, with what was decided and what came of it.';
COMMENT ON COLUMN jobtrail.cancellation.organization_id IS 'The organisation of job and requester.';
COMMENT ON COLUMN jobtrail.cancellation.job_id IS 'The job that was asked for, whether there is one or not.';
COMMENT ON COLUMN jobtrail.cancellation.requester_id IS 'The member who asked; only claimed where reason_code is INVALID_CREDENTIALS.';
COMMENT ON COLUMN jobtrail.cancellation.request_id IS 'The request''s identifier, as its requester chose it.';
COMMENT ON COLUMN jobtrail.cancellation.outcome IS 'pending, refused, withdrawn, open, honoured, overtaken or unanswered, as of now.';
COMMENT ON COLUMN jobtrail.cancellation.decision IS 'granted or refused; null: it waits for its job.';
COMMENT ON COLUMN jobtrail.cancellation.reason_code IS 'Why it was decided so, as in CancelDecided.';
COMMENT ON COLUMN jobtrail.cancellation.reason IS 'The requester''s words.';
COMMENT ON COLUMN jobtrail.cancellation.channel IS 'kafka or http.';
COMMENT ON COLUMN jobtrail.cancellation.received_at IS 'When it came: by the broker''s clock, or the service''s over HTTP.';
COMMENT ON COLUMN jobtrail.cancellation.decided_at IS 'When it was decided.';
COMMENT ON COLUMN jobtrail.cancellation.waits_until IS 'It is not decided before then while its job is unknown; null: it did not wait.';
COMMENT ON COLUMN jobtrail.cancellation.decision_published_at IS 'When the decision was last published.';
COMMENT ON COLUMN jobtrail.cancellation.command_id IS 'Of a granted one: its command.';
COMMENT ON COLUMN jobtrail.cancellation.attempt IS 'The job''s attempt as judged; null: the job was unknown.';
COMMENT ON COLUMN jobtrail.cancellation.command_issued_at IS 'When the command was issued.';
COMMENT ON COLUMN jobtrail.cancellation.command_published_at IS 'When the command was last published; null: not yet.';
COMMENT ON COLUMN jobtrail.cancellation.answer_by IS 'From when on the command is unanswered.';
COMMENT ON COLUMN jobtrail.cancellation.creator_id IS 'The job''s creator as judged.';
COMMENT ON COLUMN jobtrail.cancellation.job_revision IS 'The revision of the job''s row as judged.';
COMMENT ON COLUMN jobtrail.cancellation.topic IS 'Over Kafka: the topic that it stood in.';
COMMENT ON COLUMN jobtrail.cancellation.partition IS 'Over Kafka: its partition.';
COMMENT ON COLUMN jobtrail.cancellation.record_offset IS 'Over Kafka: its offset.';
COMMENT ON COLUMN jobtrail.cancellation.identified IS 'Whether organisation, requester and request_id are its identity: not of a request that was not proven, or that took another''s id.';
COMMENT ON COLUMN jobtrail.cancellation.id IS 'Its number in the ledger.';
COMMENT ON COLUMN jobtrail.cancellation.command_withdrawn_at IS 'When the command was withdrawn, unpublished; null: it was not.';
