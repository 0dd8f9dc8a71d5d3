-- SPDX-License-Identifier: Apache-2.0
-- One migration at a time, whoever runs it; released with the transaction. What is waited for, here and
-- in what follows, is waited for shortly, so that nobody queues behind who queues behind a reader.
-- Only who may write the record of migrations can lock it. Before there is one, the advisory lock is
-- all there is; whoever could create nothing here does not keep others from it.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '10s', true);
    IF to_regclass('jobtrail.migration') IS NULL AND NOT EXISTS (
        SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted
          AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
          AND (l.classid::bigint << 32) | l.objid::bigint = 7453010373645639281
          AND NOT has_database_privilege(a.usesysid, l.database, 'CREATE'))
    THEN
        PERFORM pg_advisory_xact_lock(7453010373645639281);
    END IF;
    -- Asked of the table: that it was not there is remembered across the wait.
    IF EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
               WHERE n.nspname = 'jobtrail' AND c.relname = 'migration') THEN
        LOCK TABLE jobtrail.migration IN SHARE ROW EXCLUSIVE MODE;
    END IF;
END
$$
