-- SPDX-License-Identifier: Apache-2.0
-- What is open stands in job_finished under one key for each organisation, infinity, beside an entry
-- of each job that has ended since the table was vacuumed. A scan marks those as dead for whoever
-- comes next, but PostgreSQL (13 and later) packs entries of equal keys together, and marks a pack
-- only when all in it are dead: where a few run among many that ended each list of what runs looked
-- at all of them again. Other keys of this index are times, hardly ever equal: unpacked it is no
-- larger. What is packed already stays so until it is vacuumed away.
ALTER INDEX jobtrail_p1.job_finished SET (deduplicate_items = off);
