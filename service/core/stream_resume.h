// SPDX-License-Identifier: Apache-2.0
// How long the live stream can be resumed, and what must hold for it. openapi.yaml promises
// "about a minute"; tests/api/definition_test.c holds it to RESUME_S.
//
// A process that has just begun reads the changes of the last RESUME_S again
// (store/reader/queries/changes_recent.sql) and remembers them for whoever resumes; from then on
// it remembers as much as it has memory for. Ids of changes become visible out of order, but no
// later than a transaction may take: what is younger than that does not count as read.
#pragma once

enum {
    RESUME_S = 60,
    // Of more changes than these within RESUME_S only the newest are read again.
    RESUME_CHANGES_MAX = 5000,
    // A process remembers so much of what it has told, however long ago that was.
    RESUME_MEMORY_BYTES = 8 * 1024 * 1024,

    // Any transaction that writes a change commits within this time, or is refused.
    CHANGE_COMMITS_WITHIN_S = 10,
    // The transaction of an id that was left out for so long was rolled back.
    CHANGE_ROLLED_BACK_AFTER_S = 3 * CHANGE_COMMITS_WITHIN_S,
    // The table jobtrail.change keeps them so long.
    CHANGES_KEPT_S = 5 * 60,
};

_Static_assert(RESUME_S > CHANGE_COMMITS_WITHIN_S,
               "what is read again reaches back behind all that may still become visible");
_Static_assert(CHANGES_KEPT_S >= 2 * (RESUME_S + CHANGE_ROLLED_BACK_AFTER_S),
               "changes are kept far longer than anybody reads them again");
