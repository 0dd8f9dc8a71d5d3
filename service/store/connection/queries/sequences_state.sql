-- SPDX-License-Identifier: Apache-2.0
-- The sequences that draw our ids, those that we may set: the last id of the table, whether the
-- sequence stands behind it and can be set to it, and whether it has no number left.
SELECT format('%I.%I', s.schemaname, s.sequencename), t.last_id,
       coalesce(t.last_id > coalesce(s.last_value, 0) AND t.last_id <= s.max_value, false),
       coalesce(greatest(t.last_id, s.last_value) >= s.max_value AND NOT s.cycle, false)
FROM (VALUES ('change', (SELECT max(id) FROM jobtrail.change)),
             ('dead_letter', (SELECT max(id) FROM jobtrail.dead_letter)),
             ('cancel_request', (SELECT max(id) FROM jobtrail.cancel_request)),
             ('outbox', (SELECT max(id) FROM jobtrail.outbox))) AS t(name, last_id)
JOIN pg_sequences AS s ON s.schemaname = 'jobtrail' AND s.sequencename = t.name || '_id_seq'
WHERE has_sequence_privilege(format('%I.%I', s.schemaname, s.sequencename), 'SELECT')
  AND has_sequence_privilege(format('%I.%I', s.schemaname, s.sequencename), 'UPDATE')
