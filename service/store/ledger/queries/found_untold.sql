-- SPDX-License-Identifier: Apache-2.0
-- What was found again and whose decision is not in its topic goes to the outbox, as it was decided. How
-- many they are. JT005: fewer came to be than there are.
WITH untold AS (
    SELECT r.id FROM jobtrail.cancel_request AS r
    WHERE r.found_at IS NOT NULL AND r.decision_published_at IS NULL
      AND NOT EXISTS (SELECT FROM jobtrail.outbox AS o WHERE o.request = r.id)
), queued AS (
    INSERT INTO jobtrail.outbox (request) SELECT u.id FROM untold AS u RETURNING 1
)
SELECT (SELECT count(*) FROM queued),
       jobtrail.require((SELECT count(*) FROM queued) = (SELECT count(*) FROM untold), 'JT005',
                        'jobtrail.outbox')
