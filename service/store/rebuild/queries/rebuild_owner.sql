-- SPDX-License-Identifier: Apache-2.0
-- What is made and renamed belongs to whom the schema belongs to, as with migrations.
SELECT set_config('role', pg_get_userbyid(nspowner)::text, true)
FROM pg_namespace WHERE nspname = 'jobtrail'
