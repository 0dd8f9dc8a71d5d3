-- SPDX-License-Identifier: Apache-2.0
-- Notes that a migration was applied.
INSERT INTO jobtrail.migration (name, checksum) VALUES ($1::text, encode(sha256($2::bytea), 'hex'))
