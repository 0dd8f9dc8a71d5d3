-- SPDX-License-Identifier: Apache-2.0
-- Sets each sequence that stands behind the ids of its table to the last of them, and tells which,
-- and which have no number left. Going forward is all that is done; ids that nobody has do no harm.
SELECT format('%I.%I', s.schemaname, s.sequencename), t.last_id,
       CASE WHEN t.last_id > coalesce(s.last_value, 0) AND t.last_id <= s.max_value
            THEN setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, t.last_id) END,
       greatest(t.last_id, s.last_value) >= s.max_value AND NOT s.cycle
FROM (VALUES ('change', (SELECT max(id) FROM jobtrail.change)),
             ('dead_letter', (SELECT max(id) FROM jobtrail.dead_letter)),
             ('cancel_request', (SELECT max(id) FROM jobtrail.cancel_request)),
             ('outbox', (SELECT max(id) FROM jobtrail.outbox))) AS t(name, last_id)
JOIN pg_sequences AS s ON s.schemaname = 'jobtrail' AND s.sequencename = t.name || '_id_seq'
WHERE has_sequence_privilege(format('%I.%I', s.schemaname, s.sequencename), 'SELECT')
  AND has_sequence_privilege(format('%I.%I', s.schemaname, s.sequencename), 'UPDATE')
