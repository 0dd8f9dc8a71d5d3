-- SPDX-License-Identifier: Apache-2.0
-- Decisions to be published once more, since they were asked for once more.
-- JT005: fewer rows came to be than were sent.
WITH added AS (
    INSERT INTO jobtrail.outbox (request) SELECT * FROM unnest($1::bigint[]) RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = cardinality($1), 'JT005', 'jobtrail.outbox')
