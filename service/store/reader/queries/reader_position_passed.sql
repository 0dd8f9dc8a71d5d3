-- SPDX-License-Identifier: Apache-2.0
-- Whether the projection has read topic $1, partition $2 beyond offset $3.
SELECT EXISTS (SELECT FROM jobtrail_p1.source_position
               WHERE topic = $1 AND partition = $2::integer AND next_offset > $3::bigint)
