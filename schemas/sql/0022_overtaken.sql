-- SPDX-License-Identifier: Apache-2.0
-- An organisation's cancel commands by when they were issued: how many of the last day's were
-- overtaken is asked for with each count of its jobs.
CREATE INDEX cancel_command_issued ON jobtrail.cancel_command (organization_id, issued_at);
