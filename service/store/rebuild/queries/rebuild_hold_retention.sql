-- SPDX-License-Identifier: Apache-2.0
-- Takes retention's lock over, from whoever has it: as long as this session lives no job leaves the live
-- projection (retention_remove.sql). Its token is $1 (retention_token.sql).
INSERT INTO jobtrail.retention_lock AS r (pid, token) VALUES (pg_backend_pid(), $1::bigint)
ON CONFLICT (only_one) DO UPDATE SET pid = excluded.pid, token = excluded.token
