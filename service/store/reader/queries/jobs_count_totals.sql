-- SPDX-License-Identifier: Apache-2.0
-- How many jobs an organisation ($1) has of these types and statuses (null: all), by the totals.
SELECT coalesce(sum(n), 0)::bigint
FROM jobtrail_p1.job_count
WHERE organization_id = $1 AND ($2::text[] IS NULL OR type = ANY ($2))
  AND ($3::smallint[] IS NULL OR status = ANY ($3))
