-- SPDX-License-Identifier: Apache-2.0
-- The owner of a table, whoever that is, sees all of it, because it is the owner. So far row-level
-- security was forced on owners too, and a policy that named the migrating role let it see all: a
-- dump that was restored for another owner showed that one nothing, and the owner could not dump.
-- Everybody else sees what the policies for readers allow, as before.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT c.oid::pg_catalog.regclass
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname ~ '^jobtrail(_p[0-9]+)?$' AND c.relkind IN ('r', 'p') AND c.relrowsecurity
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', relation);
        EXECUTE pg_catalog.format('DROP POLICY IF EXISTS owner ON %s', relation);
    END LOOP;
END
$$;

-- Closes a table: row-level security, under which everybody but its owner sees the rows of the
-- organisation that the setting jobtrail.organization names, if the table tells organisations apart
-- at all.
CREATE OR REPLACE FUNCTION jobtrail.protect(relation regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    IF EXISTS (SELECT FROM pg_catalog.pg_attribute
               WHERE attrelid = relation AND attname = 'organization_id' AND NOT attisdropped) THEN
        EXECUTE pg_catalog.format('CREATE POLICY organization ON %s FOR SELECT USING'
            ' (organization_id = (SELECT current_setting(''jobtrail.organization'', true)))',
            relation);
    END IF;
END
$$;
