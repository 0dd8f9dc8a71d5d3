-- SPDX-License-Identifier: Apache-2.0
-- Whoever waits for a lock keeps others waiting behind it: so shortly, and again.
SELECT set_config('lock_timeout', '200ms', true)
