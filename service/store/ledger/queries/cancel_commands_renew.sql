-- SPDX-License-Identifier: Apache-2.0
-- A command that nobody answered, or that was withdrawn, goes out once more, and has as long again to
-- be answered. JT005: one was not written.
WITH renewed AS (
    UPDATE jobtrail.cancel_command AS c SET answer_by = n.answer_by, withdrawn_at = NULL
    FROM unnest($1::uuid[], $2::timestamptz[]) AS n(command_id, answer_by)
    WHERE c.command_id = n.command_id
    RETURNING 1
)
SELECT jobtrail.require((SELECT count(*) FROM renewed)
                            = (SELECT count(DISTINCT id) FROM unnest($1::uuid[]) AS id),
                        'JT005', 'jobtrail.cancel_command')
