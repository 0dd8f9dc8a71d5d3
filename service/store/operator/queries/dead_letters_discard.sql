-- SPDX-License-Identifier: Apache-2.0
-- Removes some of the chosen dead letters ($1 to $3 as in dead_letters_chosen.sql) up to $4: those
-- that the topic of dead letters has, and with $5 those that it has not.
DELETE FROM jobtrail.dead_letter
WHERE id IN (SELECT id FROM jobtrail.dead_letter
             WHERE ($1::bigint[] IS NULL OR id = ANY ($1)) AND topic = coalesce($2::text, topic)
               AND reason = coalesce($3::text, reason) AND id <= $4::bigint
               AND (published_at IS NOT NULL OR $5::integer <> 0)
             ORDER BY id LIMIT 1000)
RETURNING id
