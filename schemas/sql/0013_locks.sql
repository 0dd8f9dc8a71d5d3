-- SPDX-License-Identifier: Apache-2.0
-- The lock that makes one relay of many the one that works. An advisory lock alone can be taken by any
-- login of the database, which then stops all commands; the row of this table is written by the owner
-- alone. A session holds the lock while the row names it and the advisory lock that it drew by chance.
CREATE TABLE jobtrail.relay_lock (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    pid      integer NOT NULL,
    token    bigint NOT NULL -- the key of an advisory lock, which goes with its session
);
SELECT jobtrail.protect('jobtrail.relay_lock');

-- Whether that session lives: who has a token cannot lose it but by ending.
CREATE FUNCTION jobtrail.relay_lives(relay_pid integer, relay_token bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM pg_locks AS l
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid = relay_pid
          AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
          AND (l.classid::bigint << 32) | l.objid::bigint = relay_token)
$$;
REVOKE ALL ON FUNCTION jobtrail.relay_lives(integer, bigint) FROM PUBLIC;

-- Relays of before, while they are still there, hold the advisory lock 7453010373645639282. Only who
-- could write the outbox may keep a relay from its work by it.
CREATE FUNCTION jobtrail.relay_of_before() RETURNS integer
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.pid
    FROM pg_locks AS l
    JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = 7453010373645639282
      AND pg_has_role(a.usesysid, (SELECT c.relowner FROM pg_class AS c
                                   WHERE c.oid = 'jobtrail.outbox'::regclass), 'MEMBER')
$$;
REVOKE ALL ON FUNCTION jobtrail.relay_of_before() FROM PUBLIC;
