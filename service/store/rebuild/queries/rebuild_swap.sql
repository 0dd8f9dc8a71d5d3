-- SPDX-License-Identifier: Apache-2.0
-- Makes the filled projection the live one, in the transaction that keeps writers from the live one.
-- That one is kept as jobtrail_p0. JT007: it cannot be, and why. JT008: it is not filled as far as the
-- live one.
DO $$
DECLARE
    relation record;
    views text[];
    options text[];
    definitions text[];
BEGIN
    IF EXISTS (SELECT c.relname, a.attname, a.atttypid, a.attnotnull FROM pg_class AS c
               JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relnamespace = 'jobtrail_p1'::regnamespace AND c.relkind = 'r'
               EXCEPT
               SELECT c.relname, a.attname, a.atttypid, a.attnotnull FROM pg_class AS c
               JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relnamespace = 'jobtrail_p2'::regnamespace AND c.relkind = 'r')
    THEN
        PERFORM jobtrail.require(false, 'JT007', 'a migration changed the tables since they were'
            ' made: run jobtrail rebuild --abandon, and begin anew');
    END IF;
    PERFORM jobtrail.require(
        NOT EXISTS (SELECT FROM jobtrail_p1.source_position AS l
                    LEFT JOIN jobtrail_p2.source_position AS f
                        ON f.topic = l.topic AND f.partition = l.partition
                    WHERE l.next_offset IS NOT NULL AND f.next_offset IS DISTINCT FROM l.next_offset),
        'JT008', 'the projection is not filled as far as the live one');

    -- Whoever looks is told which rows are others now.
    INSERT INTO jobtrail.change (job_ids, organization_ids)
    SELECT array_agg(d.job_id ORDER BY d.job_id, d.organization_id),
           array_agg(d.organization_id ORDER BY d.job_id, d.organization_id)
    FROM (SELECT job_id, organization_id,
                 row_number() OVER (ORDER BY job_id, organization_id) / 10000 AS part
          FROM jobtrail_p2.differing) AS d
    GROUP BY d.part;
    DROP TABLE jobtrail_p2.rebuild, jobtrail_p2.differing;

    -- Both stand at the same positions, and know the same of the logs; and so with whatever else a
    -- projection has that is not folded.
    FOR relation IN SELECT c.relname FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p1'::regnamespace AND c.relkind = 'r'
                      AND c.relname NOT IN ('job', 'job_count')
    LOOP
        EXECUTE format('DELETE FROM jobtrail_p2.%I', relation.relname);
        EXECUTE format('INSERT INTO jobtrail_p2.%I SELECT * FROM jobtrail_p1.%1$I',
                       relation.relname);
    END LOOP;

    SELECT array_agg(format('jobtrail.%I', v.relname) ORDER BY v.relname),
           array_agg(' WITH (' || array_to_string(v.reloptions, ', ') || ')' ORDER BY v.relname),
           array_agg(pg_get_viewdef(v.oid) ORDER BY v.relname)
    INTO views, options, definitions
    FROM pg_class AS v
    WHERE v.relkind = 'v' AND v.relnamespace = 'jobtrail'::regnamespace
      AND EXISTS (SELECT FROM pg_rewrite AS r
                  JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                  JOIN pg_class AS c ON d.refclassid = 'pg_class'::regclass AND c.oid = d.refobjid
                  WHERE r.ev_class = v.oid AND c.relnamespace = 'jobtrail_p1'::regnamespace);

    -- Readers come by a view first and by what is behind it second, and so do we. This locks a view
    -- and changes nothing; LOCK TABLE would lock all that is behind it, the ledger, too.
    FOR place IN 1 .. cardinality(views) LOOP
        EXECUTE format('ALTER VIEW %s OWNER TO CURRENT_ROLE', views[place]);
    END LOOP;
    FOR relation IN SELECT c.oid::regclass AS name FROM pg_class AS c
                    WHERE c.relnamespace = 'jobtrail_p1'::regnamespace AND c.relkind = 'r'
                    ORDER BY c.relname
    LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation.name);
    END LOOP;

    ALTER SCHEMA jobtrail_p1 RENAME TO jobtrail_p0;
    ALTER SCHEMA jobtrail_p2 RENAME TO jobtrail_p1;
    FOR place IN 1 .. cardinality(views) LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s%s AS %s', views[place], options[place],
                       definitions[place]);
    END LOOP;
END
$$
