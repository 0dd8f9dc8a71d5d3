-- SPDX-License-Identifier: Apache-2.0
-- A migration means the functions and operators of PostgreSQL, whatever somebody made who may make
-- things in a schema on the role's own path; and leaves nothing behind in a pooler's session.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)
