-- SPDX-License-Identifier: Apache-2.0
-- Keeps writers from the live projection until the transaction ends; readers go on. Positions first,
-- as each batch has it.
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT c.oid FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p1'::regnamespace AND c.relkind = 'r'
                    ORDER BY c.relname <> 'source_position', c.relname
    LOOP
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    END LOOP;
END
$$
