-- SPDX-License-Identifier: Apache-2.0
-- Lists of what runs, and of what changed last, find the open jobs in job_finished under infinity,
-- where each job that ended leaves an entry behind until the table is vacuumed. Usually that is when
-- a fifth of the table has changed: of ten million jobs two million entries. More often costs the
-- projector little; all the time would cost it, and its readers, the disk.
ALTER TABLE jobtrail_p1.job SET (autovacuum_vacuum_scale_factor = 0.05);
