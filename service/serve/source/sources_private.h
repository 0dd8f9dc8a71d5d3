// SPDX-License-Identifier: Apache-2.0
// What the files of the sources share:
//   sources.c    the life of partitions: taken, started, silenced, refused, revoked
//   same_log.c   whether what comes is of the log that was read before
//   scouting.c   what the scout is sent for, and what becomes of its answers: sources_start_due
#pragma once

#include "serve/source/sources.h"

enum { SCOUT_CHECK_EVERY_US = 60 * 1000 * 1000 }; // of a partition's checkpoints

// sources.c
// What the scout found of a partition that is TAKEN: it is started, refused, or tried again later.
void sources_start_found(struct sources *sources, struct reading *reading,
                         const struct start_search *found);
// It is not read on; nor is its topic, where the log is another one.
void sources_refuse(struct sources *sources, struct reading *reading, const struct err *err);
// It may be another log by now: what comes next is held against the last record that was read.
void sources_compare(struct sources *sources, struct reading *reading);
// The same for all of a topic's partitions that are started.
void sources_compare_topic(struct sources *sources, struct slice topic);
// Remembers how far it is read at this moment.
void sources_mark(const struct sources *sources, struct reading *reading);
// Silences what is to be started again, and gives up what is due to be.
void sources_let_go(struct sources *sources);
