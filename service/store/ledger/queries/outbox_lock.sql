-- SPDX-License-Identifier: Apache-2.0
-- One relay at a time works on a database, this one if it gets a row. Held by the session, which has
-- the advisory lock $1 (outbox_token.sql), and gone with it. The row is looked at before it is
-- written: who waits writes nothing. Of two who write it the second sees what the first wrote.
INSERT INTO jobtrail.relay_lock AS r (pid, token)
SELECT pg_backend_pid(), $1::bigint
WHERE jobtrail.relay_of_before() IS NULL
  AND NOT EXISTS (SELECT FROM jobtrail.relay_lock AS h
                  WHERE jobtrail.relay_lives(h.pid, h.token) AND h.token <> $1)
ON CONFLICT (only_one) DO UPDATE SET pid = excluded.pid, token = excluded.token
WHERE NOT jobtrail.relay_lives(r.pid, r.token) OR r.token = $1
RETURNING pid
