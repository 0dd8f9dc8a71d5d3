-- SPDX-License-Identifier: Apache-2.0
-- A number that all transactions are below which write by now (see retention_settled.sql).
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint
