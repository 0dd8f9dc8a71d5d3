-- SPDX-License-Identifier: Apache-2.0
-- Holds the migrations this binary knows ($1 names, $2 their bytes) against those applied.
SELECT coalesce(known.name, applied.name) COLLATE "C",
       CASE WHEN known.name IS NULL THEN 'unknown'
            WHEN applied.name IS NULL THEN 'pending'
            WHEN applied.checksum <> known.checksum THEN 'changed'
            ELSE 'applied' END
FROM (SELECT name, encode(sha256(body), 'hex') AS checksum
      FROM unnest($1::text[], $2::bytea[]) AS k(name, body)) AS known
FULL JOIN jobtrail.migration AS applied ON applied.name = known.name
ORDER BY 1
