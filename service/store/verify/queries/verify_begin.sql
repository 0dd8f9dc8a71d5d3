-- SPDX-License-Identifier: Apache-2.0
-- Positions and rows of one snapshot belong together: rows are what the events before the positions
-- made of them.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
