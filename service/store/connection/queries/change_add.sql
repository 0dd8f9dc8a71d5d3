-- SPDX-License-Identifier: Apache-2.0
-- Names the jobs that this transaction changes. JT005: no row came to be.
WITH added AS (
    INSERT INTO jobtrail.change (job_ids, organization_ids) VALUES ($1::text[], $2::text[])
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM added) = 1, 'JT005', 'jobtrail.change')
