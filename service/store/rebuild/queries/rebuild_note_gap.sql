-- SPDX-License-Identifier: Apache-2.0
-- Notes that the logs lack something of which the live projection may know.
UPDATE jobtrail_p2.rebuild SET is_whole = false WHERE is_whole
