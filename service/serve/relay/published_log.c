// SPDX-License-Identifier: Apache-2.0
#include "serve/relay/published_log.h"

static void join(struct published_log *log)
{
    if (log->next_offset < log->run_begin || log->next_offset >= log->run_end)
        return;
    log->next_offset = log->run_end;
    log->is_moved = true;
}

void published_log_delivered(struct published_log *log, int64_t offset)
{
    if (offset < 0)
        return;
    if (offset != log->run_end)
        log->run_begin = offset;
    log->run_end = offset + 1;
    join(log);
}

void published_log_read(struct published_log *log, int64_t next_offset)
{
    log->is_moved |= next_offset != log->next_offset;
    log->next_offset = next_offset;
    join(log);
}

bool published_log_has_gap(const struct published_log *log)
{
    return log->run_end > log->next_offset;
}

int64_t published_log_begin(int64_t position, int64_t low, int64_t high)
{
    return position < low || position > high ? low : position;
}
