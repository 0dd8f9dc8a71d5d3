-- SPDX-License-Identifier: Apache-2.0
-- The requests that wait and can be judged as of $1: their job's creation is known, or their time is
-- up and every source of events ($2: their topics) has been read to where it ended when they came. A
-- topic without a source, a source that was never read to its end, and one that claims a moment to
-- come have not been.
SELECT r.id, r.request_id, r.organization_id, r.job_id, r.requester_id, r.received_at, r.topic,
       r.partition, r.record_offset, r.reason, r.traceparent, due.is_due
FROM jobtrail.cancel_request AS r
LEFT JOIN jobtrail_p1.job AS j ON j.job_id = r.job_id AND j.organization_id = r.organization_id
CROSS JOIN (SELECT min(CASE WHEN p.caught_up_at <= clock_timestamp() THEN p.caught_up_at
                            ELSE '-infinity' END) AS caught_up_at
            FROM (SELECT DISTINCT unnest($2::text[]) AS topic) AS t
            LEFT JOIN jobtrail_p1.source_position AS p ON p.topic = t.topic COLLATE "C") AS events
CROSS JOIN LATERAL (SELECT r.waits_until <= $1::timestamptz
                           AND coalesce(events.caught_up_at >= r.recorded_at, false) AS is_due) AS due
WHERE r.decided_at IS NULL AND (j.created_at IS NOT NULL OR due.is_due)
ORDER BY r.id LIMIT $3::bigint
