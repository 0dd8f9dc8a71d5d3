-- SPDX-License-Identifier: Apache-2.0
-- Whether we may become the reader role, whether there is one, who we are, when the server started,
-- and with what an administrator lets us. Since PostgreSQL 16 a member may not by itself, and what
-- a grant does not say stays as it was.
SELECT coalesce(pg_has_role(to_regrole('jobtrail_reader'), s.may_become), false),
       to_regrole('jobtrail_reader') IS NOT NULL, quote_ident(session_user),
       pg_postmaster_start_time(), s.grant_options
FROM (SELECT CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END AS may_become,
             CASE WHEN has_options THEN ' WITH SET TRUE, INHERIT TRUE' ELSE '' END AS grant_options
      FROM (SELECT current_setting('server_version_num')::integer >= 160000 AS has_options) AS v)
     AS s
