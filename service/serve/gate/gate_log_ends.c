// SPDX-License-Identifier: Apache-2.0
// Where the logs of cancel requests end, as the log watch sees it: for lag, and for whoever lists
// positions; and that brokers tell of them at all.
#include "serve/gate/gate_private.h"
#include "serve/source/log_watch.h"

void gate_note_log_ends(struct gate_thread *thread)
{
    struct log_watch *watch = thread->process->log_watch;
    uint64_t round = log_watch_round(watch);
    struct log_end_seen ends[READINGS_MAX];
    size_t count = 0;
    struct err err;

    if (round == thread->told_round)
        return;
    thread->told_round = round;
    for (size_t i = 0; i < thread->readings.count; i++) {
        struct reading *reading = thread->readings.items[i];
        struct watched_end end;

        if (reading->state != READING_STARTED || !log_watch_end(watch, &reading->source, &end))
            continue;
        if (sources_heard(&thread->sources, reading, &end))
            ends[count++] = (struct log_end_seen){.source = reading->source, .log_end = end.offset};
    }
    if (count && ledger_is_connected(thread->ledger) &&
        ledger_log_ends(thread->ledger, ends, count, &err))
        gate_failed(thread, (int)err.disposition, &err);
}
