-- SPDX-License-Identifier: Apache-2.0
-- Which projection is the live one: another after each swap (store/rebuild).
SELECT 'jobtrail_p1.job'::text::regclass::oid::bigint
