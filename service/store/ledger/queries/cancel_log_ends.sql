-- SPDX-License-Identifier: Apache-2.0
-- Notes where the logs of cancel requests end. What is known already writes nothing.
UPDATE jobtrail.cancel_position AS p
SET log_end = e.log_end, log_end_seen_at = now()
FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS e(topic, partition, log_end)
WHERE p.topic = e.topic AND p.partition = e.partition AND p.log_end IS DISTINCT FROM e.log_end
