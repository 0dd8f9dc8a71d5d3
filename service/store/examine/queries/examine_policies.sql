-- SPDX-License-Identifier: Apache-2.0
-- Whether readers are kept to their organisations, whether somebody's triggers or rules act on our
-- tables, and whether what our functions mean depends on who calls them.
WITH ours AS (
    SELECT c.oid, c.relkind, c.relrowsecurity, format('%I.%I', n.nspname, c.relname) AS name,
           EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                                                   AND a.attname = 'organization_id') AS of_organizations
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND c.relkind IN ('r', 'p', 'v')
), faults AS (
    SELECT 2 AS level, name, 'row-level security is off: its readers see every organisation'
               AS meaning, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', name) AS command
    FROM ours WHERE relkind <> 'v' AND NOT relrowsecurity
    UNION ALL
    SELECT 2, name, 'the policy that keeps readers to their organisations is missing',
           format('SELECT jobtrail.protect(%L);', name)
    FROM ours
    WHERE relkind <> 'v' AND of_organizations AND name <> 'jobtrail.reader_organization'
      AND NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = ours.oid
                                                   AND p.polname = 'organization')
    UNION ALL
    SELECT 1, name, format('the policy %I is not one of ours', polname),
           format('DROP POLICY %I ON %s;', polname, name)
    FROM ours JOIN pg_policy AS p ON p.polrelid = ours.oid
    WHERE polname NOT IN ('organization', 'own', 'everybody')
    UNION ALL
    SELECT 2, name, 'the view does not ask as who reads it: its readers see every organisation',
           format('ALTER VIEW %s SET (security_invoker = true);', name)
    FROM ours JOIN pg_class AS c ON c.oid = ours.oid
    WHERE ours.relkind = 'v'
      AND NOT coalesce(c.reloptions && '{security_invoker=true,security_invoker=on}', false)
    UNION ALL
    SELECT 1, name, format('the trigger %I is not one of ours: what it refuses stops the service',
                           tgname), format('DROP TRIGGER %I ON %s;', tgname, name)
    FROM ours JOIN pg_trigger AS t ON t.tgrelid = ours.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 1, p.oid::regprocedure::text,
           'what it does depends on the search_path of whoever calls it',
           format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp;', p.oid::regprocedure)
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE p.pronamespace::regnamespace::text ~ '^jobtrail(_p[0-9]+)?$' AND l.lanname = 'plpgsql'
      AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%')
)
SELECT level, name, meaning, command FROM faults
UNION ALL
SELECT 0, 'policies', 'readers are kept to their organisations, and no trigger of others acts', NULL
WHERE NOT EXISTS (SELECT FROM faults)
