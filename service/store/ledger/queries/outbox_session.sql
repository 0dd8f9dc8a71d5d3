-- SPDX-License-Identifier: Apache-2.0
-- How the relay's session differs from a worker's. A server that no longer hears from us (our host
-- vanished, so that nobody closes the connection) gives up within about ten seconds, and with the
-- session goes the lock.
SELECT set_config('tcp_keepalives_idle', '3', false),
       set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '3', false),
       set_config('tcp_user_timeout', '9000', false)
