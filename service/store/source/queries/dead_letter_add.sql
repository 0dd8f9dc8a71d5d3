-- SPDX-License-Identifier: Apache-2.0
-- Keeps a record that could not be understood. One of the log that its topic had before, which stands
-- at the same place, is kept as one of that log. JT005: the record is neither kept now nor was it
-- before; who else might keep it at this moment waits for the position, which comes first.
WITH aside AS (
    UPDATE jobtrail.dead_letter SET topic = topic || ' until ' || statement_timestamp()
    WHERE topic = $1::text AND partition = $2::integer AND record_offset = $3::bigint
      AND (timestamp_ms, key, value) IS DISTINCT FROM ($4::bigint, $5::bytea, $6::bytea)
    RETURNING 1
), added AS (
    INSERT INTO jobtrail.dead_letter (topic, partition, record_offset, timestamp_ms, key, value,
                                      header_names, header_values, stage, reason, message)
    SELECT $1::text, $2::integer, $3::bigint, $4::bigint, $5::bytea, $6::bytea, $7::bytea[],
           $8::bytea[], $9::text, $10::text, $11::text
    FROM (SELECT count(*) FROM aside) AS w -- so that the place is free
    ON CONFLICT (topic, partition, record_offset) DO NOTHING
    RETURNING 1
)
SELECT CASE
    WHEN EXISTS (SELECT FROM added) THEN NULL
    ELSE jobtrail.require(
        EXISTS (SELECT FROM jobtrail.dead_letter AS d
                WHERE d.topic = $1::text AND d.partition = $2::integer
                  AND d.record_offset = $3::bigint),
        'JT005', 'jobtrail.dead_letter') END
