-- SPDX-License-Identifier: Apache-2.0
-- Commands to be published. JT005: fewer rows came to be than were sent.
WITH added AS (
    INSERT INTO jobtrail.outbox (command_id) SELECT * FROM unnest($1::uuid[]) RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = cardinality($1), 'JT005', 'jobtrail.outbox')
