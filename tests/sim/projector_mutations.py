# SPDX-License-Identifier: Apache-2.0
"""Deliberate mistakes in the projector, each of which the made worlds must notice.

As in tests/property/mutations.py: (rule, mistake, file, text, mistaken text).
"""

PROJECTOR, WRITE, CACHE, COUNTS = "projector.c", "batch_write.c", "cache.c", "counts.c"
REFUSAL, TRACKS, BATCH = "refusal.c", "tracks.c", "batch.c"

MUTATIONS = [
    (
        "failure",
        "rows outlive it",
        PROJECTOR,
        "    cache_clear(&projector->cache);\n    projector->stage",
        "    projector->stage",
    ),
    (
        "failure",
        "what was gathered outlives it",
        PROJECTOR,
        "    batch_clear(&projector->batches[0]);\n    batch_clear(&projector->batches[1]);\n"
        "    cache_clear(&projector->cache);",
        "    batch_clear(projector->under_way);\n" "    cache_clear(&projector->cache);",
    ),
    (
        "failure",
        "tracks outlive it",
        PROJECTOR,
        "        DL_DELETE(projector->tracks, track);\n        track_free(track);\n    }\n}\n\n"
        "void projector_free",
        "        if (track->released) {\n        DL_DELETE(projector->tracks, track);\n"
        "        track_free(track); }\n    }\n}\n\nvoid projector_free",
    ),
    (
        "replaced row",
        "written again without what was lost",
        PROJECTOR,
        "        batch->rows[i]->base = BASE_UNKNOWN;\n        batch->rows[i]->dirty = true;",
        "        batch->rows[i]->base = BASE_UNKNOWN;",
    ),
    (
        "replaced row",
        "believed absent",
        PROJECTOR,
        "        batch->rows[i]->base = BASE_UNKNOWN;\n",
        "        batch->rows[i]->base = BASE_ABSENT;\n",
    ),
    (
        "read row",
        "takes the place of ours",
        PROJECTOR,
        "    rc = fold_join(joined, cached->row, &news, err);",
        "    news = true;",
    ),
    (
        "read row",
        "written although we have no news",
        PROJECTOR,
        "    cached->dirty = news;",
        "    cached->dirty = true;",
    ),
    (
        "read row",
        "not written although we have news",
        PROJECTOR,
        "    cached->dirty = news;",
        "    cached->dirty = false;",
    ),
    (
        "read row",
        "its status is not what was counted",
        PROJECTOR,
        "    cached->stored_status = stored->columns.status;\n",
        "",
    ),
    (
        "read row",
        "its type is not what was counted",
        PROJECTOR,
        "!text_set(&cached->stored_type, stored->columns.type)",
        "!text_set(&cached->stored_type, SLICE_NULL)",
    ),
    (
        "read row",
        "its revision is not taken",
        PROJECTOR,
        "    cached->revision = stored->revision;\n",
        "",
    ),
    (
        "batch",
        "an unchanged row is not listed, a changed one neither",
        PROJECTOR,
        "    return batch_list(projector->gathered, cached, err);",
        "    return cached->base == BASE_STORED ? DONE : batch_list(projector->gathered, cached, err);",
    ),
    (
        "batch",
        "dead letters are forgotten",
        WRITE,
        "    out->dead_letter_count = batch->letter_count;\n",
        "",
    ),
    ("batch", "rows are not sorted", PROJECTOR, "    batch_sort(batch);\n", ""),
    ("batch", "a written row is still to be written", WRITE, "    cached->dirty = false;\n", ""),
    (
        "batch",
        "the changed history is not told",
        WRITE,
        "    out->history_changed = cached->row->history_changed;\n",
        "",
    ),
    (
        "batch",
        "the changed detail is not told",
        WRITE,
        "    out->error_detail_changed = cached->row->error_detail_changed;\n",
        "",
    ),
    (
        "batch",
        "the new revision is not kept",
        WRITE,
        "    cached->revision = written->revision;\n",
        "",
    ),
    (
        "batch",
        "an update counts as an insert",
        WRITE,
        "out->is_known = cached->base == BASE_STORED;",
        "out->is_known = false;",
    ),
    (
        "totals",
        "the old one is not taken away",
        WRITE,
        "    if (is_stored)\n        rc = counts_add",
        "    if (0)\n        rc = counts_add",
    ),
    (
        "totals",
        "another type is no change",
        WRITE,
        "    if (is_stored && cached->stored_status == columns->status &&\n"
        "        slice_equal(stored_type, columns->type))",
        "    if (is_stored && cached->stored_status == columns->status)",
    ),
    (
        "totals",
        "another status is no change",
        WRITE,
        "    if (is_stored && cached->stored_status == columns->status &&\n"
        "        slice_equal(stored_type, columns->type))",
        "    if (is_stored &&\n        slice_equal(stored_type, columns->type))",
    ),
    (
        "totals",
        "the written status is not kept",
        WRITE,
        "    cached->stored_status = written->columns.status;\n",
        "",
    ),
    (
        "totals",
        "organisations are mixed",
        COUNTS,
        "    memcpy(key + 1, organization_id.data, organization_id.size);",
        "    memset(key + 1, 'o', organization_id.size);",
    ),
    (
        "position",
        "moved from where it is, not from where it was",
        WRITE,
        ".expected_next_offset = track->sent_next_offset,",
        ".expected_next_offset = track->position.next_offset,",
    ),
    (
        "position",
        "sent again and again",
        WRITE,
        "        track->sent_next_offset = track->position.next_offset;\n",
        "",
    ),
    (
        "position",
        "without the last record",
        TRACKS,
        "    track->position.last_offset = last->offset;\n",
        "    track->position.last_offset = last->offset - 1;\n",
    ),
    (
        "position",
        "goes back",
        TRACKS,
        "    if (next_offset > track->position.next_offset)\n",
        "    if (next_offset != track->position.next_offset + 1)\n",
    ),
    (
        "log end",
        "reached before it is",
        TRACKS,
        "track->awaited_seen_at_us != TIME_NONE && reached >= track->awaited_end",
        "track->awaited_seen_at_us != TIME_NONE && reached + 1 >= track->awaited_end",
    ),
    (
        "log end",
        "the latest is proved by the oldest",
        TRACKS,
        "        track->caught_up_at_us = track->awaited_seen_at_us;\n        track->awaited_end",
        "        track->caught_up_at_us = track->latest_seen_at_us;\n        track->awaited_end",
    ),
    (
        "release",
        "settled while it is still written",
        PROJECTOR,
        "        if (!track->released || track->in_flight || track_is_ahead(track))",
        "        if (!track->released)",
    ),
    (
        "release",
        "never settled",
        PROJECTOR,
        "        if (projector->options.released)\n",
        "        if (projector->options.released && track->in_flight)\n",
    ),
    (
        "cache",
        "rows that wait to be written are evicted",
        CACHE,
        "        if (!cached->listed) {",
        "        if (!(cached->listed & 1)) {",
    ),
    (
        "refusal",
        "batches are not halved",
        REFUSAL,
        "        refusal->limit = batch->records / 2;\n",
        "",
    ),
    (
        "refusal",
        "another record is the refused one",
        REFUSAL,
        "    refusal->offset = batch->only_offset;",
        "    refusal->offset = batch->only_offset + 1;",
    ),
    (
        "refusal",
        "careful batches overlap",
        PROJECTOR,
        "    if (refusal_is_careful(&projector->refusal) && projector->stage != STAGE_NONE)\n"
        "        return false;\n",
        "",
    ),
    (
        "dead letter",
        "its source is another",
        BATCH,
        "    struct dead_letter copy = *letter;\n",
        "    struct dead_letter copy = *letter;\n    copy.offset++;\n",
    ),
]
