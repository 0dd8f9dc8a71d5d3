-- SPDX-License-Identifier: Apache-2.0
-- Nothing is committed that was judged by earlier rules than those in force ($1: their version). Asked
-- when the transaction has its number: whoever changes rules waits for it (retention_settled.sql).
-- JT009: they have changed.
SELECT jobtrail.require(coalesce((SELECT r.version FROM jobtrail_p1.rules AS r), 0) = $1::bigint,
                        'JT009', 'the horizons moved, or a member was erased, meanwhile')
