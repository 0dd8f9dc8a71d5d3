-- SPDX-License-Identifier: Apache-2.0
-- The version of the rules, and the horizons: a row at least.
SELECT coalesce((SELECT r.version FROM jobtrail_p1.rules AS r), 0) AS version,
       h.of_organization, h.of_type, h.ended_before, h.of_organization IS NOT NULL
FROM (SELECT 1) AS one LEFT JOIN jobtrail_p1.horizon AS h ON true
ORDER BY h.of_organization, h.of_type
