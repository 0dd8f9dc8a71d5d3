-- SPDX-License-Identifier: Apache-2.0
-- A text ($1) in lower case, as a search has it.
SELECT lower($1::text)
