-- Whether there is a record of migrations at all.
SELECT to_regclass('jobtrail.migration') IS NOT NULL
