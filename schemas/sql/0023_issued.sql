-- SPDX-License-Identifier: Apache-2.0
-- The index of 0022, for questions about issued_at alone. While there are no statistics PostgreSQL
-- took it as gladly for a job's command as the primary key, and a statement that is planned once
-- then walked all commands of an organisation for each. The column has no nulls, so that the
-- condition leaves out nothing; but only who compares the column fulfils it.
DROP INDEX jobtrail.cancel_command_issued;
CREATE INDEX cancel_command_issued ON jobtrail.cancel_command (organization_id, issued_at)
    WHERE issued_at IS NOT NULL;
