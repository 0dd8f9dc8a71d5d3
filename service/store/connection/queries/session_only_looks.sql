-- SPDX-License-Identifier: Apache-2.0
-- Whoever only looks cannot change anything, whatever the question.
SELECT set_config('default_transaction_read_only', 'on', false)
