-- SPDX-License-Identifier: Apache-2.0
-- Makes an empty projection beside the live one, its tables, indexes, policies and rights as the live
-- one has them, whatever migrations have made of it. Indexes keep their names, by which errors are
-- told and later migrations find them.
DO $$
DECLARE
    original record;
    piece record;
BEGIN
    CREATE SCHEMA jobtrail_p2;
    FOR original IN SELECT c.* , c.oid AS id FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p1'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('CREATE TABLE jobtrail_p2.%I'
                       ' (LIKE jobtrail_p1.%1$I INCLUDING ALL EXCLUDING INDEXES)%s',
                       original.relname,
                       ' WITH (' || array_to_string(original.reloptions, ', ') || ')');
        FOR piece IN SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
                     WHERE conrelid = original.id AND contype IN ('p', 'u', 'x') LOOP
            EXECUTE format('ALTER TABLE jobtrail_p2.%I ADD CONSTRAINT %I %s', original.relname,
                           piece.conname, piece.definition);
        END LOOP;
        FOR piece IN SELECT pg_get_indexdef(i.indexrelid) AS definition FROM pg_index AS i
                     WHERE i.indrelid = original.id
                       AND NOT EXISTS (SELECT FROM pg_constraint AS k
                                       WHERE k.conindid = i.indexrelid AND k.conrelid = original.id)
        LOOP
            EXECUTE replace(piece.definition, ' ON jobtrail_p1.', ' ON jobtrail_p2.');
        END LOOP;
        IF original.relrowsecurity THEN
            EXECUTE format('ALTER TABLE jobtrail_p2.%I ENABLE ROW LEVEL SECURITY',
                           original.relname);
        END IF;
        FOR piece IN SELECT p.*, pg_get_expr(p.polqual, p.polrelid) AS condition,
                            pg_get_expr(p.polwithcheck, p.polrelid) AS checked,
                            (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC'
                                               ELSE quote_ident(pg_get_userbyid(r)) END, ', ')
                             FROM unnest(p.polroles) AS r) AS roles
                     FROM pg_policy AS p WHERE p.polrelid = original.id LOOP
            EXECUTE format('CREATE POLICY %I ON jobtrail_p2.%I AS %s FOR %s TO %s%s%s',
                           piece.polname, original.relname,
                           CASE WHEN piece.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                           CASE piece.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
                               WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                           piece.roles, ' USING (' || piece.condition || ')',
                           ' WITH CHECK (' || piece.checked || ')');
        END LOOP;
        FOR piece IN
            SELECT a.grantee, a.is_grantable, a.privilege_type AS what
            FROM aclexplode(original.relacl) AS a WHERE a.grantee <> original.relowner
            UNION ALL
            SELECT a.grantee, a.is_grantable, format('%s (%I)', a.privilege_type, c.attname)
            FROM pg_attribute AS c, aclexplode(c.attacl) AS a
            WHERE c.attrelid = original.id AND a.grantee <> original.relowner
        LOOP
            EXECUTE format('GRANT %s ON jobtrail_p2.%I TO %s%s', piece.what, original.relname,
                           CASE piece.grantee WHEN 0 THEN 'PUBLIC'
                               ELSE quote_ident(pg_get_userbyid(piece.grantee)) END,
                           CASE WHEN piece.is_grantable THEN ' WITH GRANT OPTION' END);
        END LOOP;
    END LOOP;
    FOR piece IN SELECT a.* FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
                 WHERE n.nspname = 'jobtrail_p1' AND a.grantee <> n.nspowner LOOP
        EXECUTE format('GRANT %s ON SCHEMA jobtrail_p2 TO %s', piece.privilege_type,
                       CASE piece.grantee WHEN 0 THEN 'PUBLIC'
                           ELSE quote_ident(pg_get_userbyid(piece.grantee)) END);
    END LOOP;
END
$$
