-- SPDX-License-Identifier: Apache-2.0
-- Whether all belongs to one whose rights we have, who is no more than that role must be. To have
-- them is to inherit them, which since PostgreSQL 16 each grant decides, and before, the role; to
-- migrate as a member is to become it, which since then a grant may refuse, too.
WITH ours AS (
    SELECT c.oid, c.relowner, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND c.relkind IN ('r', 'p', 'v', 'S')
), server AS (
    SELECT current_setting('server_version_num')::integer >= 160000 AS has_options
), owners AS (
    SELECT relowner, pg_get_userbyid(relowner) AS owner, count(*) AS n, min(name) AS example,
           pg_has_role(relowner, 'USAGE') AS is_ours,
           pg_has_role(session_user, relowner, CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END)
               AS may_become,
           CASE WHEN has_options
                THEN format('GRANT %I TO %I WITH SET TRUE, INHERIT TRUE;', pg_get_userbyid(relowner),
                            current_user)
                ELSE format('GRANT %I TO %I;', pg_get_userbyid(relowner), current_user)
                     || CASE WHEN NOT rolinherit THEN format(' ALTER ROLE %I INHERIT;', rolname)
                             ELSE '' END
           END AS mended_by
    FROM ours, server, pg_roles WHERE rolname = current_user
    GROUP BY relowner, has_options, rolname, rolinherit
)
SELECT CASE WHEN NOT is_ours THEN 2 WHEN NOT may_become THEN 1 ELSE 0 END, format('%I', owner),
       CASE WHEN NOT is_ours
            THEN format('%s relations, such as %s, are its own, and %I does not have its rights:'
                        ' serve cannot write there', n, example, current_user)
            WHEN NOT may_become
            THEN format('%s relations are its own, and %I has its rights, but may not become it:'
                        ' jobtrail migrate has to', n, current_user)
            ELSE format('%s relations are its own, and %I has its rights', n, current_user) END,
       CASE WHEN NOT (is_ours AND may_become) THEN mended_by END
FROM owners
UNION ALL
SELECT 1, format('%I', min(owner)),
       'the relations have several owners: what one of them grants or alters, another cannot',
       format('REASSIGN OWNED BY %I TO %I;', max(owner), min(owner))
FROM owners HAVING count(*) > 1
UNION ALL
SELECT 1, format('%I', current_user),
       'the service connects as a superuser: it needs no such rights, and whoever takes it over has'
       ' them', format('ALTER ROLE %I NOSUPERUSER;', current_user)
FROM pg_roles WHERE rolname = current_user AND rolsuper
