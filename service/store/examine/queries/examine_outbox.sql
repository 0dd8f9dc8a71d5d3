-- SPDX-License-Identifier: Apache-2.0
-- What is committed and waits to be published, what the broker will never take, and which records
-- became dead letters.
WITH waiting AS (
    SELECT count(*) AS n, now() - min(created_at) AS age FROM jobtrail.outbox WHERE refusal IS NULL
), refused AS (
    SELECT (SELECT count(*) FROM jobtrail.outbox WHERE refusal IS NOT NULL)
               + (SELECT count(*) FROM jobtrail.dead_letter WHERE refusal IS NOT NULL) AS n
), letters AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE created_at > now() - interval '1 day') AS recent,
           (SELECT reason FROM jobtrail.dead_letter ORDER BY id DESC LIMIT 1) AS reason
    FROM jobtrail.dead_letter
)
SELECT CASE WHEN age > interval '1 minute' THEN 2 ELSE 0 END, 'outbox',
       CASE WHEN age > interval '1 minute'
            THEN format('%s messages wait to be published, the first for %s: no relay works', n,
                        date_trunc('second', age))
            ELSE format('%s messages wait to be published', n) END,
       CASE WHEN age > interval '1 minute' THEN 'curl -s localhost:9464/readyz' END
FROM waiting
UNION ALL
SELECT 1, 'outbox', format('%s messages were refused by the broker for good and are not tried again',
                           n), 'SELECT refusal FROM jobtrail.outbox WHERE refusal IS NOT NULL;'
FROM refused WHERE n > 0
UNION ALL
SELECT CASE WHEN recent > 0 THEN 1 ELSE 0 END, 'dead letters',
       CASE WHEN n = 0 THEN 'there are none'
            ELSE format('%s, of which %s within a day; the last for %s', n, recent, reason) END,
       CASE WHEN recent > 0 THEN 'jobtrail dead-letters list' END
FROM letters
