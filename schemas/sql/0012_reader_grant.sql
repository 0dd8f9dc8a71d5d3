-- SPDX-License-Identifier: Apache-2.0
-- From PostgreSQL 16 on, who creates a role is its administrator, and may neither become it nor
-- read as it; a membership of before says nothing of that either. 0006 took the one for the other.
DO $$
DECLARE
    owner CONSTANT name := current_user;
    has_options CONSTANT boolean := current_setting('server_version_num')::integer >= 160000;
    grant_reader CONSTANT text := format('GRANT jobtrail_reader TO %I', owner)
        || CASE WHEN has_options THEN ' WITH SET TRUE, INHERIT TRUE' ELSE '' END;
BEGIN
    IF to_regrole('jobtrail_reader') IS NULL
       OR pg_has_role(owner, 'jobtrail_reader', CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END)
    THEN
        RETURN;
    END IF;
    BEGIN
        EXECUTE grant_reader; -- as an administrator of the role
        RETURN;
    EXCEPTION
        WHEN insufficient_privilege THEN
            NULL;
    END;
    PERFORM set_config('role', 'none', true);
    EXECUTE grant_reader;
    PERFORM set_config('role', owner, true);
EXCEPTION
    WHEN unique_violation THEN
        NULL; -- another database of this server was migrated at the same moment
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role % may not grant: have an administrator run %, or jobtrail serves no'
            ' lists', current_user, grant_reader;
END
$$;
