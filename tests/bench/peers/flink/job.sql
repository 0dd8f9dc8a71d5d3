-- SPDX-License-Identifier: Apache-2.0
-- From the topic of states into the table, by Flink's own parts alone. Its sink keeps the last row of a key within
-- a buffer and writes the buffer as one batch of upserts. The driver gets times as the texts that they are, which
-- PostgreSQL reads (stringtype=unspecified): for Flink to parse them and the driver to print them again is more work.
CREATE TABLE state (
    created_at STRING, started_at STRING, finished_at STRING, updated_at STRING NOT NULL,
    attempt INT NOT NULL, status INT NOT NULL, progress INT, cancellable BOOLEAN,
    job_id STRING NOT NULL, organization_id STRING NOT NULL, type STRING, creator_id STRING, message STRING,
    error_code STRING, error_detail STRING, result_uri STRING
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic}',
    'properties.bootstrap.servers' = '${brokers}',
    'properties.group.id' = '${topic}.flink',
    'properties.max.poll.records' = '25000',
    'properties.fetch.min.bytes' = '1000000',
    'properties.fetch.max.wait.ms' = '100',
    'properties.max.partition.fetch.bytes' = '8000000',
    'scan.startup.mode' = 'earliest-offset',
    'scan.topic-partition-discovery.interval' = '0',
    'format' = 'avro-confluent',
    'avro-confluent.url' = '${registry}'
);

CREATE TABLE job (
    created_at STRING, started_at STRING, finished_at STRING, updated_at STRING NOT NULL,
    attempt INT NOT NULL, status INT NOT NULL, progress INT, cancellable BOOLEAN,
    job_id STRING NOT NULL, organization_id STRING NOT NULL, type STRING, creator_id STRING, message STRING,
    error_code STRING, error_detail STRING, result_uri STRING,
    PRIMARY KEY (job_id, organization_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = '${url}&stringtype=unspecified',
    'username' = '${user}',
    'password' = '${password}',
    'table-name' = 'job',
    'sink.buffer-flush.max-rows' = '25000',
    'sink.buffer-flush.interval' = '2s'
);

INSERT INTO job SELECT * FROM state;
