-- SPDX-License-Identifier: Apache-2.0
-- The ledger has all that was published, as of the epoch $1; whoever waited for that may decide again.
-- JT005: it was not written.
WITH compared AS (
    INSERT INTO jobtrail.ledger_compared AS c (epoch) VALUES ($1::text)
    ON CONFLICT (only_one) DO UPDATE SET epoch = excluded.epoch, compared_at = now()
    RETURNING 1
)
SELECT jobtrail.require(EXISTS (SELECT FROM compared), 'JT005', 'jobtrail.ledger_compared')
