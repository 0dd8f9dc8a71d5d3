-- SPDX-License-Identifier: Apache-2.0
-- Puts a dead letter back ($1 to $11 as in dead_letter_add.sql), as of when it was made ($12) and
-- published ($13), in microseconds since 2000 as PostgreSQL counts them. None where there is one of
-- that record.
INSERT INTO jobtrail.dead_letter (topic, partition, record_offset, timestamp_ms, key, value,
                                  header_names, header_values, stage, reason, message, created_at,
                                  published_at)
VALUES ($1::text, $2::integer, $3::bigint, $4::bigint, $5::bytea, $6::bytea, $7::bytea[],
        $8::bytea[], $9::text, $10::text, $11::text, $12::timestamptz, $13::timestamptz)
ON CONFLICT (topic, partition, record_offset) DO NOTHING
RETURNING id
