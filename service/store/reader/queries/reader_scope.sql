-- SPDX-License-Identifier: Apache-2.0
-- Who looks, for this transaction: a role that can only read, and of one organisation ($1).
SELECT set_config('role', 'jobtrail_reader', true),
       set_config('jobtrail.organization', $1::text, true)
