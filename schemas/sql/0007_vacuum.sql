-- SPDX-License-Identifier: Apache-2.0
-- Lists of what runs, and of what changed last, find the open jobs in job_finished under infinity,
-- where each job that ended leaves an entry behind until the table is vacuumed. Usually that is when
-- a fifth of the table has changed: of ten million jobs two million entries. After 10,000 changed
-- rows and a hundredth of the table the index is small again, for a short pass each time.
ALTER TABLE jobtrail_p1.job SET (autovacuum_vacuum_scale_factor = 0.01,
                                 autovacuum_vacuum_threshold = 10000,
                                 autovacuum_vacuum_cost_delay = 1);
