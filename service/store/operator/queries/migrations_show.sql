-- SPDX-License-Identifier: Apache-2.0
-- Shows the record of migrations to whom it belongs now: before migration 0008, row-level security
-- hid it from an owner for whom it was restored.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_class
               WHERE oid = pg_catalog.to_regclass('jobtrail.migration') AND relforcerowsecurity
                 AND pg_catalog.pg_has_role(relowner, 'USAGE')) THEN
        ALTER TABLE jobtrail.migration NO FORCE ROW LEVEL SECURITY;
    END IF;
END
$$
