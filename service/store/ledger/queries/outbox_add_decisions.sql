-- SPDX-License-Identifier: Apache-2.0
-- Decisions to be published once more, since they were asked for once more.
INSERT INTO jobtrail.outbox (request) SELECT * FROM unnest($1::bigint[])
