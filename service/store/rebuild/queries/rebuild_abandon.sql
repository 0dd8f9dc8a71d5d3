-- SPDX-License-Identifier: Apache-2.0
-- Gives up what is being filled; the projection that was live before is kept as that.
DO $$
DECLARE
    is_undo CONSTANT boolean := (SELECT r.is_undo FROM jobtrail_p2.rebuild AS r);
    relation regclass;
BEGIN
    IF is_undo THEN
        DROP TABLE jobtrail_p2.rebuild, jobtrail_p2.differing;
        ALTER SCHEMA jobtrail_p2 RENAME TO jobtrail_p0;
        RETURN;
    END IF;
    FOR relation IN SELECT c.oid FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p2'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('DROP TABLE %s', relation);
    END LOOP;
    DROP SCHEMA jobtrail_p2;
END
$$
