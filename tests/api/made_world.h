// SPDX-License-Identifier: Apache-2.0
// A read model, a ledger and tokens made up for the handlers: the functions of
// store/reader/job_reader.h, api/ledger_pool.h and view/viewer.h, over a few jobs in memory. A
// token is ROLE:MEMBER:ORG, as in "Bearer Manager:ada:org-a"; "Bearer bad" will not do, and without
// keys ("Bearer later") nothing can be told.
#pragma once

#include <jansson.h>

#include "api/api.h"

struct made_job {
    const char *organization_id, *job_id, *type, *creator_id, *result_uri, *error_detail;
    enum job_status status;
    bool cancellable, creation_known;
};

enum { MADE_JOBS_MAX = 16 };

struct made_world {
    struct made_job jobs[MADE_JOBS_MAX];
    size_t job_count;
    struct job_filter filter; // of the last list
    struct job_page page;
    struct job_scope scope;
    bool more, bounded, count_is_bounded, open_unknown;
    struct job_waits waits; // of the last counts
    int64_t before;         // of a page behind a cursor, by creation; -1: not known
    bool position_passed;
    int fails;                           // disposition of each question from now on; 0: none
    bool has_replica;                    // what is only read is asked of a replica
    size_t asked_replica, asked_primary; // questions
    size_t conflicts;                    // of a replica, that fail before one does not
    size_t shows, decisions, identified; // how often that was asked; identified: viewers
    struct viewed_freshness freshness;
    struct silence_rules silence;   // nothing is silent
    struct ledger_entry ledger[16]; // texts are the jobs' or borrowed from requests' copies below
    char requester[16][64], job_id[16][64], reason[16][64];
    struct uuid request_id[16];
    size_t ledger_count;
    struct cancellation_cursor cancellations_after; // of the last list
    const char *channel;                            // by which all of the ledger came
    int64_t decided_at_us;                          // when all of it was decided
    int64_t wait_us;                                // how long an unknown job is waited for
    const struct page_files *page_files;            // NULL: none
    struct hub *hub;                                // NULL: none
    const char *base_url;                           // NULL: none
};

extern struct made_world made_world;

// Everything as at the beginning: two jobs of ada's and one of bob's in org-a, one in org-b.
void made_world_reset(void);

// For its files. A question of the reader: counted, or it fails as it should.
int made_world_asked(const struct job_reader *reader, struct err *err);
bool made_world_sees(const struct job_scope *scope, const struct made_job *job);

struct made_answer {
    struct visit visit;
    struct reader_link link;
    enum api_outcome outcome;
    json_t *json; // the body, if it is JSON
};

// Asks; headers: up to four pairs of name and value, ended by NULL. made_answer_free afterwards.
void made_ask(struct made_answer *answer, const char *method, const char *target, const char *token,
              const char *const *headers, const char *body);
void made_answer_free(struct made_answer *answer);
const char *answer_text(const struct made_answer *answer, const char *member);
