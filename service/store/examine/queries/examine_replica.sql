-- SPDX-License-Identifier: Apache-2.0
-- A server that lists are read from: whether it is a replica, and follows.
SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END, '',
       CASE WHEN pg_is_in_recovery()
            THEN format('PostgreSQL %s, a replica; the last commit that it replayed is %s old',
                        current_setting('server_version'),
                        coalesce(date_trunc('second', clock_timestamp()
                                            - pg_last_xact_replay_timestamp())::text, 'of unknown age'))
            ELSE 'the server is no replica: it spares the primary nothing' END,
       CASE WHEN NOT pg_is_in_recovery()
            THEN 'jobtrail … --set http.read-conninfo=host=REPLICA' END
UNION ALL
SELECT 2, 'replay', 'replay is paused: lists stand still', 'SELECT pg_wal_replay_resume();'
WHERE pg_is_in_recovery() AND CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END
UNION ALL
SELECT 2, 'replay', 'it gets no WAL: lists stand still',
       'SELECT * FROM pg_stat_wal_receiver; -- then look at primary_conninfo and the primary''s log'
WHERE pg_is_in_recovery() AND NOT EXISTS (SELECT FROM pg_stat_wal_receiver)
UNION ALL
SELECT 1, 'hot_standby_feedback', 'off: what replay is in the way of is broken off after'
       ' max_standby_streaming_delay',
       'ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();'
WHERE pg_is_in_recovery() AND current_setting('hot_standby_feedback') = 'off'
