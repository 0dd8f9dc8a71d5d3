-- SPDX-License-Identifier: Apache-2.0
-- Whom everything belongs to, who may read, and which migrations were applied.
--
-- Tables belong to an ordinary role: the migrating one, or, where that is a superuser,
-- jobtrail_owner. Readers are members of jobtrail_reader. A role that may not create roles leaves
-- that one to an administrator and says so; jobtrail.admit_reader() makes up for it later.

DO $$
BEGIN
    IF to_regrole('jobtrail_reader') IS NULL THEN
        CREATE ROLE jobtrail_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database of this server was migrated at the same moment
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role % may not create roles: there is no reader role yet', current_user;
END
$$;

DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        CREATE SCHEMA jobtrail;
        RETURN;
    END IF;
    BEGIN
        IF to_regrole('jobtrail_owner') IS NULL THEN
            CREATE ROLE jobtrail_owner NOLOGIN;
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN
            NULL;
    END;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = 'jobtrail_owner') THEN
        RAISE EXCEPTION 'the role jobtrail_owner is a superuser, but must be an ordinary role';
    END IF;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO jobtrail_owner', current_database());
    CREATE SCHEMA jobtrail AUTHORIZATION jobtrail_owner;
    -- The rest of this migration, and every later one, runs as the owner.
    PERFORM set_config('role', 'jobtrail_owner', true);
END
$$;

-- Closes a table: forced row-level security, under which its owner sees all (a constant that the
-- planner removes, so that it costs nothing) and everybody else the rows of the organisation that
-- the setting jobtrail.organization names, if the table tells organisations apart at all.
CREATE FUNCTION jobtrail.protect(relation regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true) WITH CHECK (true)',
                   relation);
    IF EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = relation AND attname = 'organization_id' AND NOT attisdropped) THEN
        EXECUTE format('CREATE POLICY organization ON %s FOR SELECT USING (organization_id ='
                       ' (SELECT current_setting(''jobtrail.organization'', true)))', relation);
    END IF;
END
$$;

-- Lets a role read the views and, through them, the tables that have a policy for everybody.
-- To be called again after a migration that adds some; the migrations do so for jobtrail_reader.
CREATE FUNCTION jobtrail.admit_reader(reader name DEFAULT 'jobtrail_reader') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    object record;
BEGIN
    IF to_regrole(quote_ident(reader)) IS NULL THEN
        RAISE NOTICE 'there is no role %: nobody but the owner can read yet. Have an administrator'
            ' run CREATE ROLE % NOLOGIN, then run SELECT jobtrail.admit_reader() as the role %',
            reader, quote_ident(reader), current_user;
        RETURN;
    END IF;
    FOR object IN
        SELECT n.nspname AS schema, c.relname AS name
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname = 'jobtrail' AND c.relkind = 'v')
           OR (n.nspname ~ '^jobtrail(_p[0-9]+)?$'
               AND EXISTS (SELECT FROM pg_policy p
                           WHERE p.polrelid = c.oid AND p.polroles = '{0}' AND p.polcmd = 'r'))
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', object.schema, reader);
        EXECUTE format('GRANT SELECT ON %I.%I TO %I', object.schema, object.name, reader);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION jobtrail.protect(regclass), jobtrail.admit_reader(name) FROM PUBLIC;

CREATE TABLE jobtrail.migration (
    name       text COLLATE "C" PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
SELECT jobtrail.protect('jobtrail.migration');
