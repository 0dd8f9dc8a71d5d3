-- SPDX-License-Identifier: Apache-2.0
-- Who else may write what the service alone writes; and readers that nobody admitted. Since
-- PostgreSQL 16 a role's administrator is a member, too, and neither has its rights nor may become it.
WITH server AS (
    SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'USAGE, SET'
           ELSE 'MEMBER' END AS may_act_as
), writers AS (
    SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE format('%I', pg_get_userbyid(a.grantee)) END
               AS grantee,
           format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace,
         aclexplode(c.relacl) AS a
    WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND c.relkind IN ('r', 'p', 'v')
      AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
      AND a.grantee <> c.relowner
), readers AS (
    SELECT r.rolname
    FROM pg_roles AS r, server
    WHERE r.rolcanlogin AND NOT r.rolsuper
      AND coalesce(pg_has_role(r.oid, to_regrole('jobtrail_reader'), may_act_as), false)
      AND NOT pg_has_role(r.oid, (SELECT relowner FROM pg_class
                                  WHERE oid = 'jobtrail.reader_organization'::regclass), may_act_as)
      AND NOT EXISTS (SELECT FROM jobtrail.reader_organization AS o WHERE o.role = r.rolname)
)
SELECT 1, grantee,
       format('it may change %s relations, such as %s, which the service alone must write',
              count(DISTINCT name), min(name)),
       format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER ON %s FROM %s;',
              string_agg(DISTINCT name, ', '), grantee)
FROM writers GROUP BY grantee
UNION ALL
SELECT 1, format('%I', rolname),
       'it is a reader, but no organisation is given to it: it sees no job',
       format('INSERT INTO jobtrail.reader_organization VALUES (%L, ''ORGANISATION'');', rolname)
FROM readers
