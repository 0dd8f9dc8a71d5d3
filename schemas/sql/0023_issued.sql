-- SPDX-License-Identifier: Apache-2.0
-- The index of 0022, for questions about issued_at alone. Where a statement was planned before there
-- were statistics, as the gate's and the relay's are, PostgreSQL took it for a job's command as well,
-- and walked all commands of an organisation for each. The column has no nulls, so that the condition
-- leaves out nothing; but only who compares the column fulfils it.
DROP INDEX jobtrail.cancel_command_issued;
CREATE INDEX cancel_command_issued ON jobtrail.cancel_command (organization_id, issued_at)
    WHERE issued_at IS NOT NULL;
