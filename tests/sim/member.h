// SPDX-License-Identifier: Apache-2.0
// One member of the made consumer group: a projector, its connection, and what drives them as
// serve's worker does: takes partitions from where they stand, brings records, steps, and starts
// again when something fails.
#pragma once

#include "core/projector.h"
#include "sim/made_store.h"

// A partition as a member sees it.
struct hold {
    bool owned;          // the group gave it to this member
    struct track *track; // NULL: not taken
    bool settling;       // released, and not all of it is written yet
    int64_t next;        // the next offset to bring
    // A position that was read, to be taken from later.
    int64_t moment_us; // of a look at its log's end that has begun; 0: none
    bool position_read;
    struct source_position position;
};

struct member {
    struct made_log *log;
    struct made_server *server;
    struct dice *dice;
    struct made_connection connection;
    struct projector_options options;
    struct projector *projector;
    struct hold holds[SIM_PARTITIONS];
    bool greedy; // brings all there is room for
    size_t restarts;
};

void member_init(struct member *member, size_t index, struct made_log *log,
                 struct made_server *server, struct dice *dice);
void member_close(struct member *member);
void member_give(struct member *member, size_t partition);
// The group takes the partition away; what was folded is still written.
void member_revoke(struct member *member, size_t partition);
// The process dies, and a new one is there: nothing of it is left but what the group gave it.
void member_restart(struct member *member);
// Does one thing, drawn at random.
void member_act(struct member *member, int64_t now_us);
// Has brought and written everything visible of its partitions, and proved it after that moment.
bool member_is_at_rest(const struct member *member, int64_t since_us);
