-- SPDX-License-Identifier: Apache-2.0
-- JT006: this database may lack commits that were acknowledged, and the relay has not yet held the ledger
-- against what was published. One that was never compared lacks nothing that anybody knows of.
SELECT jobtrail.require(
    coalesce((SELECT c.epoch = jobtrail.epoch() FROM jobtrail.ledger_compared AS c), true), 'JT006',
    'the ledger may lack what was decided last, and was not yet compared with what was published')
