-- SPDX-License-Identifier: Apache-2.0
-- Whether all are over that wrote when $1 was asked for: whoever could commit what was judged by the
-- rules of before has done so. A batch looks at the rules when it has its number (rules_guard.sql).
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= $1::bigint
