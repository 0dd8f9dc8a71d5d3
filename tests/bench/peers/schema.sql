-- SPDX-License-Identifier: Apache-2.0
-- What the peers write: the columns of jobtrail.job that a reader sees, under the same key, with the
-- same three indexes and the same room for updates (schemas/sql/0002, 0006 and 0007). message_at tells
-- which message is the latest when events of a job come in any order.
CREATE TABLE job (
    created_at       timestamptz,
    started_at       timestamptz,
    finished_at      timestamptz,
    updated_at       timestamptz NOT NULL,
    message_at       timestamptz,
    attempt          integer NOT NULL,
    status           smallint NOT NULL, -- 0 accepted, 1 running, 2 successful, 3 failed, 4 dismissed
    progress         smallint,
    cancellable      boolean,
    job_id           text COLLATE "C" NOT NULL,
    organization_id  text COLLATE "C" NOT NULL,
    type             text COLLATE "C",
    creator_id       text COLLATE "C",
    message          text,
    error_code       text,
    error_detail     text,
    result_uri       text,
    PRIMARY KEY (job_id, organization_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX job_created ON job (organization_id, created_at);
CREATE INDEX job_created_by ON job (organization_id, creator_id, created_at);
CREATE INDEX job_finished ON job (organization_id, finished_at);
