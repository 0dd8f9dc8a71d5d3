-- SPDX-License-Identifier: Apache-2.0
-- What a function means does not depend on the search_path of whoever calls it. Those in SQL have
-- bodies that were bound when they were made, and the planner puts them in place of the call.
ALTER FUNCTION jobtrail.protect(regclass) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION jobtrail.admit_reader(name) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION jobtrail.require(boolean, text, text) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION jobtrail.unpack_history(bytea) SET search_path = pg_catalog, pg_temp;
