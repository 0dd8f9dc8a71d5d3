-- SPDX-License-Identifier: Apache-2.0
-- What left must not come back with a server that loses its last commits; and nobody waits for this
-- session, nor does it wait for others.
SELECT set_config('synchronous_commit', 'on', false), set_config('lock_timeout', '1s', false)
