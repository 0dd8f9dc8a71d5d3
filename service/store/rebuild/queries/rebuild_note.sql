-- SPDX-License-Identifier: Apache-2.0
-- Notes what is filled: whether it is the projection that was live before ($1).
INSERT INTO jobtrail_p2.rebuild (is_undo) VALUES ($1::integer <> 0)
