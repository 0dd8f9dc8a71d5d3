-- SPDX-License-Identifier: Apache-2.0
-- Whether there is a record of migrations at all, whether there is what they made, to whom the
-- record belongs, and who we are.
SELECT to_regclass('jobtrail.migration') IS NOT NULL, to_regclass('jobtrail_p1.job') IS NOT NULL,
       (SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class
        WHERE oid = to_regclass('jobtrail.migration')),
       quote_ident(current_user)
