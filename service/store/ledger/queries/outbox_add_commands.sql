-- SPDX-License-Identifier: Apache-2.0
-- Commands to be published.
INSERT INTO jobtrail.outbox (command_id) SELECT * FROM unnest($1::uuid[])
