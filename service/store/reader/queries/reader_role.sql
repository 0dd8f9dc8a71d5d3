-- SPDX-License-Identifier: Apache-2.0
-- Whether we may become the reader role, whether there is one, who we are, when the server started,
-- with what an administrator lets us, and whether that role may read where the jobs are. Since
-- PostgreSQL 16 a member may not become it by itself, and what a grant does not say stays as it was.
SELECT coalesce(pg_has_role(session_user, to_regrole('jobtrail_reader'), s.may_become), false),
       to_regrole('jobtrail_reader') IS NOT NULL, quote_ident(session_user),
       pg_postmaster_start_time(), s.grant_options,
       NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                   WHERE n.nspname IN ('jobtrail', 'jobtrail_p1') AND c.relname = 'job'
                     AND c.relkind IN ('r', 'p', 'v')
                     AND NOT (has_schema_privilege(to_regrole('jobtrail_reader'), n.oid, 'USAGE')
                              AND has_table_privilege(to_regrole('jobtrail_reader'), c.oid,
                                                      'SELECT')))
FROM (SELECT CASE WHEN has_options THEN 'SET' ELSE 'MEMBER' END AS may_become,
             CASE WHEN has_options THEN ' WITH SET TRUE, INHERIT TRUE' ELSE '' END AS grant_options
      FROM (SELECT current_setting('server_version_num')::integer >= 160000 AS has_options) AS v)
     AS s
