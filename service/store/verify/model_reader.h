// SPDX-License-Identifier: Apache-2.0
// Reads the read model in order to compare it with what it was made of: positions and rows of one
// snapshot, and what was put aside. Its session is read only, so that nothing can be changed by it.
// Everything blocks. Of one thread.
#pragma once

#include "core/ports.h"
#include "core/tracks.h"
#include "store/connection/connection_options.h"
#include "store/rules/rules.h"

struct model_reader;

// Connects. Errors as session_connect of a session that does not write.
int model_reader_open(const struct connection_options *options, struct model_reader **out,
                      struct err *err);
// Accepts NULL.
void model_reader_close(struct model_reader *reader);

// What is asked until model_snapshot_end is of one moment; a snapshot holds vacuum back, so keep it
// short. An error of whatever is asked ends nothing: close the reader.
int model_snapshot_begin(struct model_reader *reader, struct err *err);
int model_snapshot_end(struct model_reader *reader, struct err *err);

// The rules in force. The rules are the caller's: rules_close.
int model_rules(struct model_reader *reader, struct rules *out, struct err *err);

// How far a source was read. The topic ends with a NUL byte.
struct model_position {
    struct source source;
    int64_t next_offset;
    struct read_record last;
    struct slice cluster_id; // absent: not known
};
// All that were begun, by topic and partition. Borrowed until it is asked again.
int model_positions(struct model_reader *reader, const struct model_position **out, size_t *count,
                    struct err *err);

// The jobs behind that one (NULL: from the first) in the order of job_key_compare, of an
// organisation (absent: of all), at most max. Borrowed until it is asked again.
int model_keys(struct model_reader *reader, const struct job_key *behind, struct slice organization,
               size_t max, const struct job_key **out, size_t *count, struct err *err);
// The rows of these keys, in no order, absent ones missing. Borrowed until it is asked again.
int model_rows(struct model_reader *reader, const struct job_key *keys, size_t count,
               const struct stored_row **out, size_t *found, struct err *err);

// A record that was put aside. The topic may have had another log then: the moment, Kafka's, tells.
struct put_aside {
    int64_t offset, timestamp_ms;
};
// Of a source from an offset to before another, at most max, the first ones.
int model_dead_letters(struct model_reader *reader, const struct source *source, int64_t from,
                       int64_t before, struct put_aside *out, size_t max, size_t *count,
                       struct err *err);
// About how many jobs there are; -1: not known.
int model_jobs_about(struct model_reader *reader, int64_t *out, struct err *err);

struct model_total {
    struct slice organization_id, type; // the type is empty where the creation is unknown
    enum job_status status;
    int64_t kept, counted; // what the total says, and how many rows there are
};
struct model_totals_visitor {
    void *self;
    int (*visit)(void *self, const struct model_total *total, struct err *err);
};
// Counts the rows, all in one snapshot, and visits the totals that say otherwise.
int model_totals(struct model_reader *reader, struct slice organization,
                 const struct model_totals_visitor *visitor, struct err *err);
