-- SPDX-License-Identifier: Apache-2.0
-- Has lists.sql, which fills jobtrail's table, fill the peers' instead: what is inserted there comes here, in the
-- same statement. The columns that the peers do not have are left out.
CREATE SCHEMA jobtrail_p1;
CREATE VIEW jobtrail_p1.job AS
SELECT *, NULL::bigint AS revision, NULL::boolean AS creator_disputed, NULL::bytea AS state,
       NULL::bytea AS history
FROM job;
CREATE RULE to_job AS ON INSERT TO jobtrail_p1.job DO INSTEAD
INSERT INTO job (created_at, started_at, finished_at, updated_at, attempt, status, progress, cancellable, job_id,
                 organization_id, type, creator_id, message, error_code)
VALUES (NEW.created_at, NEW.started_at, NEW.finished_at, NEW.updated_at, NEW.attempt, NEW.status, NEW.progress,
        NEW.cancellable, NEW.job_id, NEW.organization_id, NEW.type, NEW.creator_id, NEW.message, NEW.error_code);
