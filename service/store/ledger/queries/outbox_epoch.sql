-- SPDX-License-Identifier: Apache-2.0
-- The database's epoch, and whether the ledger was compared in another one since when it was not compared.
SELECT jobtrail.epoch(),
       coalesce((SELECT c.epoch <> jobtrail.epoch() FROM jobtrail.ledger_compared AS c), false)
