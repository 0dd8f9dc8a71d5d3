-- SPDX-License-Identifier: Apache-2.0
-- Removes the projection that was live before, unless somebody made something of it.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT c.oid FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p0'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('DROP TABLE %s', relation);
    END LOOP;
    DROP SCHEMA jobtrail_p0;
END
$$
