-- SPDX-License-Identifier: Apache-2.0
-- Whether it may write is the session's to know: a primary that was demoted says that it may not.
BEGIN ISOLATION LEVEL READ COMMITTED
