-- SPDX-License-Identifier: Apache-2.0
-- What lets us ask how much WAL there is: the grant, and that it is inherited.
SELECT 0, 'WAL', 'how much there is we may not ask',
       CASE WHEN current_setting('server_version_num')::integer >= 160000
            THEN format('GRANT pg_monitor TO %I WITH INHERIT TRUE;', session_user)
            ELSE format('GRANT pg_monitor TO %I;', session_user)
                 || CASE WHEN NOT rolinherit THEN format(' ALTER ROLE %I INHERIT;', session_user)
                         ELSE '' END END
FROM pg_roles WHERE rolname = session_user
