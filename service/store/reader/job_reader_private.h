// SPDX-License-Identifier: Apache-2.0
// What is behind struct job_reader, and how its files ask: one question is one transaction and one
// round trip. For the files of job_reader_*.c alone.
#pragma once

#include "base/arena.h"
#include "store/connection/session.h"
#include "store/reader/job_reader.h"

struct job_reader {
    struct session session;
    int64_t server_started_us; // of the last server that it was connected to
    PGresult *answer;          // owned: of the last question; what was handed out points into it
    struct arena arena;        // the arrays that were handed out
};

// Forgets the last answer and begins the question of that name for a viewer of an organisation
// (null: it concerns none). Returns its parameters, to be filled; NULL with err filled.
struct parameters *job_reader_question(struct job_reader *reader, struct slice organization_id,
                                       const char *name, struct err *err);
// Asks it. reader->answer is set, with binary values.
int job_reader_ask(struct job_reader *reader, struct err *err);
// An array for what the answer's rows become; never NULL for no rows.
void *job_reader_array(struct job_reader *reader, size_t element_bytes, struct err *err);
