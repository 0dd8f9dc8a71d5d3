-- SPDX-License-Identifier: Apache-2.0
-- A decision that was told must not be lost, whatever the session or the server is set to.
SELECT set_config('synchronous_commit', 'on', true)
