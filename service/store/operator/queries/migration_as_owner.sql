-- SPDX-License-Identifier: Apache-2.0
-- The objects to come belong to whom the schema belongs to.
SELECT set_config('role', pg_get_userbyid(nspowner)::text, true)
FROM pg_namespace WHERE nspname = 'jobtrail'
