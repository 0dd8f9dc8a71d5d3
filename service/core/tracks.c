// SPDX-License-Identifier: Apache-2.0
#include "core/tracks.h"

#include <stdlib.h>

struct track *track_new(const struct source *source, const struct source_position *position)
{
    struct track *track = malloc(sizeof *track + source->topic.size + 1);
    char *topic;

    if (!track)
        return NULL;
    topic = (char *)(track + 1);
    memcpy(topic, source->topic.data, source->topic.size);
    topic[source->topic.size] = '\0';
    *track = (struct track){
        .source = {.topic = {topic, source->topic.size}, .partition = source->partition},
        .position = *position,
        .first = {.offset = -1},
        .sent_next_offset = position->next_offset,
        .committed_next_offset = position->next_offset,
        .awaited_seen_at_us = TIME_NONE,
        .latest_seen_at_us = TIME_NONE,
        .caught_up_at_us = TIME_NONE,
    };
    return track;
}

void track_free(struct track *track)
{
    free(track);
}

void track_advance(struct track *track, int64_t next_offset, const struct read_record *last)
{
    if (next_offset > track->position.next_offset)
        track->position.next_offset = next_offset;
    if (!last)
        return;
    if (track->first.offset < 0)
        track->first = *last;
    track->position.last_offset = last->offset;
    track->position.last_timestamp_ms = last->timestamp_ms;
    track->position.last_hash = last->hash;
}

void track_log_end(struct track *track, int64_t log_end, int64_t seen_at_us, int32_t partitions)
{
    track->latest_end = log_end;
    track->latest_seen_at_us = seen_at_us;
    track->partitions = partitions;
    track->log_end_unsent = true;
    if (track->awaited_seen_at_us == TIME_NONE) {
        track->awaited_end = log_end;
        track->awaited_seen_at_us = seen_at_us;
    }
}

bool track_is_ahead(const struct track *track)
{
    return track->position.next_offset != track->sent_next_offset || track->log_end_unsent;
}

struct log_end_seen track_take_log_end(struct track *track)
{
    int64_t reached = track->position.next_offset;
    // Before it is proved by anything, whoever reads the proof must know what it is about.
    int32_t partitions = track->log_end_unsent ? track->partitions : 0;

    if (track->awaited_seen_at_us != TIME_NONE && reached >= track->awaited_end) {
        track->caught_up_at_us = track->awaited_seen_at_us;
        track->awaited_end = track->latest_end;
        track->awaited_seen_at_us = track->latest_seen_at_us;
        if (reached >= track->latest_end) {
            track->caught_up_at_us = track->latest_seen_at_us;
            track->awaited_seen_at_us = TIME_NONE;
        }
    }
    track->log_end_unsent = false;
    return (struct log_end_seen){
        .source = track->source,
        .log_end = track->latest_end,
        .seen_at_us = track->latest_seen_at_us,
        .partitions = partitions,
        .caught_up_at_us = track->caught_up_at_us,
    };
}
