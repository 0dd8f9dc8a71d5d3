-- SPDX-License-Identifier: Apache-2.0
-- Whether the live projection is still the one ($1) that the session met when it began: of another
-- one it knows no row. Behind the positions: who has moved one keeps a swap waiting until the end.
-- The name is a text, which is looked up with each batch and not once for all. JT010: it was swapped.
SELECT jobtrail.require('jobtrail_p1.job'::text::regclass::oid::bigint = $1::bigint, 'JT010',
                        'the projection was swapped for a rebuilt one')
