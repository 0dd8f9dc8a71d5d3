-- SPDX-License-Identifier: Apache-2.0
-- Sets a sequence ($1) to an id ($2) that it stands behind. Going forward is all that is done: who
-- drew meanwhile is not set back.
SELECT setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, $2::bigint)
FROM pg_sequences AS s
WHERE format('%I.%I', s.schemaname, s.sequencename) = $1::text AND coalesce(s.last_value, 0) < $2
