-- SPDX-License-Identifier: Apache-2.0
-- What is known of the projection that is being filled.
SELECT is_undo, is_whole FROM jobtrail_p2.rebuild
