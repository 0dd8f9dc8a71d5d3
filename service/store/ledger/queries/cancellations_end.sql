-- SPDX-License-Identifier: Apache-2.0
-- The newest id in the ledger of cancel requests; 0: it is empty.
SELECT coalesce(max(id), 0) FROM jobtrail.cancel_request
