-- SPDX-License-Identifier: Apache-2.0
-- How many dead letters there are of these ids ($1), this topic ($2) and this reason ($3), unless
-- these are null, and the last of them: those that come meanwhile are not meant.
SELECT count(*), coalesce(max(id), 0)
FROM jobtrail.dead_letter
WHERE ($1::bigint[] IS NULL OR id = ANY ($1)) AND topic = coalesce($2::text, topic)
  AND reason = coalesce($3::text, reason)
