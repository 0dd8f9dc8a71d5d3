-- SPDX-License-Identifier: Apache-2.0
-- That a role reads by default is for whoever says nothing else. We do.
SELECT pg_catalog.set_config('default_transaction_read_only', 'off', false)
