-- SPDX-License-Identifier: Apache-2.0
-- Whose rights somebody has, asked alike of each PostgreSQL. Up to 15 a member of a role may become it;
-- since 16 the administrator of a role is a member, too, who has nothing of it before granting it
-- to themselves. 0013 and 0015 took one for the other.
CREATE OR REPLACE FUNCTION jobtrail.acts_as(somebody oid, role oid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_has_role(somebody, role,
                       CASE WHEN current_setting('server_version_num')::integer >= 160000
                            THEN 'USAGE, SET' ELSE 'MEMBER' END)
$$;

CREATE OR REPLACE FUNCTION jobtrail.reads_any_organization() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jobtrail.acts_as(to_regrole(quote_ident(session_user)),
                            (SELECT c.relowner FROM pg_class AS c
                             WHERE c.oid = 'jobtrail.reader_organization'::regclass))
        OR EXISTS (SELECT FROM jobtrail.reader_organization AS r
                   WHERE r.role = session_user AND r.organization_id IS NULL)
$$;

CREATE OR REPLACE FUNCTION jobtrail.relay_of_before() RETURNS integer
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.pid
    FROM pg_locks AS l
    JOIN pg_stat_activity AS a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = 7453010373645639282
      AND jobtrail.acts_as(a.usesysid, (SELECT c.relowner FROM pg_class AS c
                                        WHERE c.oid = 'jobtrail.outbox'::regclass))
$$;
