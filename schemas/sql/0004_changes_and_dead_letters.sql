-- SPDX-License-Identifier: Apache-2.0
-- What is written beside the read model and is never rebuilt. Both tell of all organisations at
-- once, so no reader is admitted.

-- One row for every transaction that changes what a viewer can see: the live stream's source. Ids
-- become visible out of order; who reads goes back over the last 30 seconds.
CREATE TABLE jobtrail.change (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at       timestamptz NOT NULL DEFAULT now(),
    job_ids          text[] NOT NULL,
    organization_ids text[] NOT NULL, -- of the same length: together they name the jobs
    CHECK (cardinality(job_ids) = cardinality(organization_ids))
);
-- Identifiers compress badly and are gone in minutes: trying would cost more than it saves.
ALTER TABLE jobtrail.change ALTER COLUMN job_ids SET STORAGE EXTERNAL,
                            ALTER COLUMN organization_ids SET STORAGE EXTERNAL;
SELECT jobtrail.protect('jobtrail.change');

-- Records that could not be understood, kept byte for byte.
CREATE TABLE jobtrail.dead_letter (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at    timestamptz NOT NULL DEFAULT now(),
    published_at  timestamptz, -- null: not yet in the topic of dead letters
    record_offset bigint NOT NULL,
    timestamp_ms  bigint NOT NULL, -- Kafka's; -1: none
    partition     integer NOT NULL,
    topic         text COLLATE "C" NOT NULL,
    stage         text NOT NULL,
    reason        text NOT NULL,
    message       text NOT NULL,
    key           bytea,
    value         bytea,
    header_names  bytea[] NOT NULL,
    header_values bytea[] NOT NULL, -- a null element: a header without a value
    CHECK (cardinality(header_names) = cardinality(header_values)),
    UNIQUE (topic, partition, record_offset) -- a batch that is repeated adds none
);
SELECT jobtrail.protect('jobtrail.dead_letter');
CREATE INDEX dead_letter_unpublished ON jobtrail.dead_letter (id) WHERE published_at IS NULL;
