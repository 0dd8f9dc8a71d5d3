-- SPDX-License-Identifier: Apache-2.0
-- Whether all belongs to one whose rights we have, who is no more than that role must be.
WITH ours AS (
    SELECT c.oid, c.relowner, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND c.relkind IN ('r', 'p', 'v', 'S')
), owners AS (
    SELECT relowner, pg_get_userbyid(relowner) AS owner, count(*) AS n, min(name) AS example,
           pg_has_role(relowner, 'USAGE') AS is_ours
    FROM ours GROUP BY relowner
)
SELECT CASE WHEN is_ours THEN 0 ELSE 2 END, format('%I', owner),
       CASE WHEN is_ours
            THEN format('%s relations are its own, and %I has its rights', n, current_user)
            ELSE format('%s relations, such as %s, are its own, and %I does not have its rights:'
                        ' serve cannot write there', n, example, current_user) END,
       CASE WHEN NOT is_ours THEN format('GRANT %I TO %I;', owner, current_user) END
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
