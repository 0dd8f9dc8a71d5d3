-- SPDX-License-Identifier: Apache-2.0
-- Keeps a record that could not be understood.
INSERT INTO jobtrail.dead_letter (topic, partition, record_offset, timestamp_ms, key, value,
                                  header_names, header_values, stage, reason, message)
VALUES ($1::text, $2::integer, $3::bigint, $4::bigint, $5::bytea, $6::bytea, $7::bytea[],
        $8::bytea[], $9::text, $10::text, $11::text)
ON CONFLICT (topic, partition, record_offset) DO NOTHING
