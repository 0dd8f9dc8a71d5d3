-- SPDX-License-Identifier: Apache-2.0
-- What somebody else tied to the tables of the live projection and a rebuilt one would not have.
WITH ours AS (
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'jobtrail_p1' AND c.relkind IN ('r', 'p')
)
SELECT format('the trigger %I on %s', t.tgname, name)
FROM ours JOIN pg_trigger AS t ON t.tgrelid = ours.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT format('the rule %I on %s', r.rulename, name)
FROM ours JOIN pg_rewrite AS r ON r.ev_class = ours.oid
UNION ALL
SELECT format('the foreign key %I of %s', f.conname, f.conrelid::regclass)
FROM ours JOIN pg_constraint AS f ON f.contype = 'f' AND ours.oid IN (f.conrelid, f.confrelid)
UNION ALL
SELECT format('the publication %I of %s', p.pubname, name)
FROM ours JOIN pg_publication_rel AS r ON r.prrelid = ours.oid
JOIN pg_publication AS p ON p.oid = r.prpubid
UNION ALL
SELECT format('the inheritance between %s and %s', i.inhparent::regclass, i.inhrelid::regclass)
FROM ours JOIN pg_inherits AS i ON ours.oid IN (i.inhparent, i.inhrelid)
UNION ALL
SELECT DISTINCT format('%s, which reads %s and not our views', r.ev_class::regclass, name)
FROM ours JOIN pg_depend AS d
    ON d.refclassid = 'pg_class'::regclass AND d.refobjid = ours.oid AND d.classid = 'pg_rewrite'::regclass
JOIN pg_rewrite AS r ON r.oid = d.objid
JOIN pg_class AS v ON v.oid = r.ev_class
WHERE v.oid <> ours.oid AND (v.relkind <> 'v' OR v.relnamespace <> 'jobtrail'::regnamespace)
UNION ALL
SELECT DISTINCT format('the function %s, which is made of %s', d.objid::regprocedure, name)
FROM ours JOIN pg_class AS c ON c.oid = ours.oid
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass
    AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
         OR d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype)
ORDER BY 1
