-- SPDX-License-Identifier: Apache-2.0
-- Names the jobs that this transaction changes.
INSERT INTO jobtrail.change (job_ids, organization_ids) VALUES ($1::text[], $2::text[])
