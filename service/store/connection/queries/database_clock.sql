-- SPDX-License-Identifier: Apache-2.0
-- The time by the server's clock.
SELECT clock_timestamp()
