# SPDX-License-Identifier: Apache-2.0
"""Deliberate mistakes in service/core, at least one for each line of the design's table.

Each is (rule, mistake, file, text, mistaken text). The text must occur exactly once in the file:
where core changes, the mistake is written anew here.
"""

FOLD, ORDER, HISTORY, PACK = "fold.c", "order.c", "history.c", "pack.c"
PACK_HISTORY, BYTES, ROW = "pack_history.c", "packed_bytes.h", "row.c"

ATTEMPT = [
    ("attempt", "a lower one replaces", FOLD,
     "if (attempt <= row->attempt)", "if (attempt == row->attempt)"),
    ("attempt", "the end outlives it", FOLD, "    row->end = (struct row_end){0};\n", ""),
    ("attempt", "the message outlives it", FOLD,
     "    row->statement = (struct row_statement){0};\n", ""),
    ("attempt", "having run outlives it", FOLD, "    row->ran = false;\n", ""),
    ("attempt", "the start outlives it", FOLD,
     "    row->started_at_us = TIME_NONE;\n    row->tick", "    row->tick"),
    ("attempt", "the tick outlives it", FOLD, "    row->tick = PROGRESS_NONE;\n", ""),
    ("attempt", "events of lower ones count", FOLD,
     "if (event->attempt == row->attempt)", "if (1)"),
    ("attempt", "a creation does not raise it", FOLD,
     "    offer_attempt(row, event->attempt",
     "    if (event->kind != JOB_CREATED)\n        offer_attempt(row, event->attempt"),
    ("attempt", "raising it is no change", FOLD,
     "    row->tick = PROGRESS_NONE;\n    *changed = true;", "    row->tick = PROGRESS_NONE;"),
]

STATUS = [
    ("status", "the latest end wins", FOLD,
     "if (event_compare(event, &kept) >= 0)\n            return DONE;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end",
     "if (event_compare(event, &kept) <= 0)\n            return DONE;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end"),
    ("status", "the first end to come wins", FOLD,
     "if (event_compare(event, &kept) >= 0)\n            return DONE;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end",
     "if (kept.kind >= JOB_SUCCEEDED)\n            return DONE;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end"),
    ("status", "a tick is not running", FOLD,
     "if (event->kind == JOB_STARTED || event->kind == JOB_PROGRESSED)",
     "if (event->kind == JOB_STARTED)"),
    ("status", "a start is not running", FOLD,
     "if (event->kind == JOB_STARTED || event->kind == JOB_PROGRESSED)",
     "if (event->kind == JOB_PROGRESSED)"),
    ("status", "running hides the end", ROW, "if (!row->end.known)",
     "if (!row->end.known || row->ran)"),
    ("status", "failed is dismissed", ROW, "row->end.key.kind == JOB_FAILED  ? STATUS_FAILED",
     "row->end.key.kind == JOB_FAILED  ? STATUS_DISMISSED"),
]

TIMES = [
    ("started_at", "the latest start", FOLD,
     "row->started_at_us == TIME_NONE || started_at_us < row->started_at_us",
     "row->started_at_us == TIME_NONE || started_at_us > row->started_at_us"),
    ("started_at", "the first start to come", FOLD,
     "row->started_at_us == TIME_NONE || started_at_us < row->started_at_us",
     "row->started_at_us == TIME_NONE"),
    ("started_at", "a tick sets it", FOLD,
     "    if (event->kind == JOB_STARTED)\n        offer_start",
     "    if (event->kind == JOB_STARTED || event->kind == JOB_PROGRESSED)\n        offer_start"),
    ("finished_at", "the latest time", PACK, "? row->end.key.occurred_at_us : TIME_NONE",
     "? row->updated_at_us : TIME_NONE"),
    ("updated_at", "the last event to come", FOLD, "if (occurred_at_us > row->updated_at_us)",
     "if (occurred_at_us != row->updated_at_us)"),
    ("updated_at", "the earliest event", FOLD, "if (occurred_at_us > row->updated_at_us)",
     "if (row->updated_at_us == TIME_NONE || occurred_at_us < row->updated_at_us)"),
    ("updated_at", "the attempt's events only", FOLD,
     "    offer_time(row, event->occurred_at_us, changed);",
     "    if (event->attempt >= row->attempt)\n"
     "        offer_time(row, event->occurred_at_us, changed);"),
    ("updated_at", "ticks do not count", FOLD,
     "    offer_time(row, event->occurred_at_us, changed);",
     "    if (event->kind != JOB_PROGRESSED)\n"
     "        offer_time(row, event->occurred_at_us, changed);"),
    ("updated_at", "a later time is no change", FOLD,
     "        row->updated_at_us = occurred_at_us;\n        *changed = true;",
     "        row->updated_at_us = occurred_at_us;"),
]

END = [
    ("result_uri", "not taken", FOLD, "!text_set(row, &row->end.result_uri, event->result_uri)",
     "!text_set(row, &row->end.result_uri, SLICE_NULL)"),
    ("result_uri", "a losing end's stays", FOLD,
     "!text_set(row, &row->end.result_uri, event->result_uri)",
     "(event->result_uri.data && !text_set(row, &row->end.result_uri, event->result_uri))"),
    ("error_code", "a losing end's stays", FOLD,
     "!text_set(row, &row->end.error_code, event->error_code)",
     "(event->error_code.data && !text_set(row, &row->end.error_code, event->error_code))"),
    ("error_detail", "a losing end's stays", FOLD,
     "!text_set(row, &row->end.error_detail, event->error_detail)",
     "(event->error_detail.data && !text_set(row, &row->end.error_detail, event->error_detail))"),
    ("error_detail", "its change is not told", FOLD,
     "    if (!slice_equal(text_slice(&row->end.error_detail), event->error_detail))\n"
     "        row->error_detail_changed = true;\n", ""),
    ("error_detail", "its reset is not told", FOLD,
     "    if (row->end.error_detail.data)\n        row->error_detail_changed = true;\n", ""),
    ("end", "a better one is no change", FOLD,
     "    row->end.command_id = event->command_id;\n    *changed = true;",
     "    row->end.command_id = event->command_id;"),
    ("end", "its command is lost", FOLD, "    row->end.has_command = event->has_command;\n", ""),
]

PROGRESS = [
    ("progress", "the last tick to come", FOLD, "if (tick > row->tick)", "if (tick != row->tick)"),
    ("progress", "zero when none is stated", PACK, "? 100 : row->tick",
     "? 100 : row->tick < 0 ? 0 : row->tick"),
    ("progress", "no 100 for a success", PACK,
     "status == STATUS_SUCCESSFUL ? 100 : row->tick", "row->tick"),
    ("progress", "100 for a failure", PACK, "status == STATUS_SUCCESSFUL ? 100",
     "status >= STATUS_SUCCESSFUL ? 100"),
    ("progress", "the 100 is kept as a tick", FOLD, "    row->end.known = true;\n",
     "    row->end.known = true;\n"
     "    row->tick = event->kind == JOB_SUCCEEDED ? 100 : row->tick;\n"),
    ("progress", "a higher tick is no change", FOLD,
     "        row->tick = tick;\n        *changed = true;", "        row->tick = tick;"),
]

MESSAGE = [
    ("message", "the statement's before the end's", PACK,
     "    if (row->end.message.data)\n        return SHOWN_END;\n"
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n",
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n"
     "    if (row->end.message.data)\n        return SHOWN_END;\n"),
    ("message", "the creation's before the statement's", PACK,
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n",
     "    if (row->creation.message.data)\n        return SHOWN_CREATION;\n"
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n"),
    ("message", "never the creation's", PACK,
     "return row->creation.message.data ? SHOWN_CREATION : SHOWN_NONE", "return SHOWN_NONE"),
    ("message", "an end without one shows none", PACK,
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n",
     "    if (row->end.known)\n        return SHOWN_NONE;\n"
     "    if (row->statement.message.data)\n        return SHOWN_STATEMENT;\n"),
    ("message", "the earliest statement", FOLD, "if (event_compare(event, &kept) <= 0)",
     "if (event_compare(event, &kept) >= 0)"),
    ("message", "the last statement to come", FOLD, "if (event_compare(event, &kept) <= 0)",
     "if (event_compare(event, &kept) == 0)"),
    ("message", "one that states none replaces", FOLD,
     "    if (!event->message.data)\n        return DONE;\n", ""),
    ("message", "an empty one is none", FOLD, "if (!event->message.data)",
     "if (!event->message.size)"),
    ("message", "a losing end's is a statement", FOLD,
     "        if (event_compare(event, &kept) >= 0)\n            return DONE;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end",
     "        if (event_compare(event, &kept) >= 0)\n"
     "            return text_set(row, &row->statement.message, event->message) ? 0 : 1;\n    }\n"
     "    if (!slice_equal(text_slice(&row->end"),
    ("message", "a creation's is no statement", FOLD,
     "    return offer_statement(row, event, changed, err);\n}",
     "    return event->kind == JOB_CREATED ? DONE : offer_statement(row, event, changed, "
     "err);\n}"),
    ("message", "a tick's is no statement", FOLD,
     "    return offer_statement(row, event, changed, err);\n}",
     "    return event->kind == JOB_PROGRESSED ? DONE : offer_statement(row, event, changed, err);"
     "\n}"),
    ("message", "a statement is ranked without its tick", FOLD,
     "    row->statement.progress = event->progress;\n", ""),
    ("message", "a statement is ranked without its cancellable", FOLD,
     "    row->statement.cancellable = event->cancellable;\n", ""),
    ("message", "a statement is ranked without its type", FOLD,
     "!text_set(row, &row->statement.type, event->type)", "!text_set(row, &row->statement.type, SLICE_NULL)"),
    ("message", "a statement is ranked without its creator", FOLD,
     "!text_set(row, &row->statement.creator_id, event->creator_id)",
     "!text_set(row, &row->statement.creator_id, SLICE_NULL)"),
    ("message", "a later statement is no change", FOLD,
     "    row->statement.progress = event->progress;\n    *changed = true;",
     "    row->statement.progress = event->progress;"),
]

CREATION = [
    ("type, creator_id, cancellable", "the latest creation", FOLD,
     "if (event_compare(event, &kept) >= 0)\n            return DONE;\n    }\n"
     "    if (!text_set(row, &row->creation.type",
     "if (event_compare(event, &kept) <= 0)\n            return DONE;\n    }\n"
     "    if (!text_set(row, &row->creation.type"),
    ("type, creator_id, cancellable", "the highest attempt's creation", FOLD,
     "if (event_compare(event, &kept) >= 0)\n            return DONE;\n    }\n"
     "    if (!text_set(row, &row->creation.type",
     "if (event->attempt < kept.attempt ||\n"
     "            (event->attempt == kept.attempt && event_compare(event, &kept) >= 0))\n"
     "            return DONE;\n    }\n"
     "    if (!text_set(row, &row->creation.type"),
    ("type, creator_id, cancellable", "cancellable once any says so", FOLD,
     "row->creation.cancellable = event->cancellable",
     "row->creation.cancellable |= event->cancellable"),
    ("type, creator_id, cancellable", "the first creator to come stays", FOLD,
     "!text_set(row, &row->creation.creator_id, event->creator_id)",
     "(!row->creation.creator_id.data &&\n"
     "         !text_set(row, &row->creation.creator_id, event->creator_id))"),
    ("created_at", "the earliest time of any event", PACK,
     "row->creation.known ? row->creation.key.occurred_at_us : TIME_NONE",
     "row->creation.known ? (row->started_at_us != TIME_NONE &&\n"
     "        row->started_at_us < row->creation.key.occurred_at_us ? row->started_at_us\n"
     "        : row->creation.key.occurred_at_us) : TIME_NONE"),
    ("creator_disputed", "an absent creator is no other", FOLD,
     "if (!row->creator_disputed && !slice_equal(kept.creator_id, event->creator_id))",
     "if (!row->creator_disputed && kept.creator_id.data && event->creator_id.data &&\n"
     "            !slice_equal(kept.creator_id, event->creator_id))"),
    ("creator_disputed", "only when the earlier comes first", FOLD,
     "if (!row->creator_disputed && !slice_equal(kept.creator_id, event->creator_id))",
     "if (!row->creator_disputed && event_compare(event, &kept) > 0 &&\n"
     "            !slice_equal(kept.creator_id, event->creator_id))"),
    ("creator_disputed", "only within an attempt", FOLD,
     "if (!row->creator_disputed && !slice_equal(kept.creator_id, event->creator_id))",
     "if (!row->creator_disputed && kept.attempt == event->attempt &&\n"
     "            !slice_equal(kept.creator_id, event->creator_id))"),
    ("creator_disputed", "another type disputes", FOLD,
     "!slice_equal(kept.creator_id, event->creator_id)",
     "(!slice_equal(kept.creator_id, event->creator_id) ||\n"
     "             !slice_equal(kept.type, event->type))"),
    ("creator_disputed", "no change", FOLD,
     "&& !slice_equal(kept.creator_id, event->creator_id))\n"
     "            row->creator_disputed = *changed = true;",
     "&& !slice_equal(kept.creator_id, event->creator_id))\n"
     "            row->creator_disputed = true;"),
    ("creation", "an earlier one is no change", FOLD,
     "    row->creation.cancellable = event->cancellable;\n    *changed = true;",
     "    row->creation.cancellable = event->cancellable;"),
]

ORDER_RULES = [
    ("order", "without the time", ORDER,
     "int order = compare_numbers(a->occurred_at_us, b->occurred_at_us);", "int order = 0;"),
    ("order", "without the id", ORDER, "order = uuid_compare(&a->id, &b->id);", "order = 0;"),
    ("order", "without the kind", ORDER, "order = compare_numbers(a->kind, b->kind);",
     "order = 0;"),
    ("order", "kind before id", ORDER,
     "    if (!order)\n        order = uuid_compare(&a->id, &b->id);\n"
     "    if (!order)\n        order = compare_numbers(a->kind, b->kind);\n",
     "    if (!order)\n        order = compare_numbers(a->kind, b->kind);\n"
     "    if (!order)\n        order = uuid_compare(&a->id, &b->id);\n"),
    ("order", "without the content", ORDER, "return order ? order : compare_content(a, b);",
     "return order;"),
    ("order", "content without attempt", ORDER,
     "int order = compare_numbers(a->attempt, b->attempt);", "int order = 0;"),
] + [
    ("order", f"content without {member}", ORDER,
     f"order = {compare}(a->{member}, b->{member});", "order = 0;")
    for compare, member in (
        ("slice_compare", "type"), ("slice_compare", "creator_id"),
        ("compare_numbers", "cancellable"), ("compare_numbers", "progress"),
        ("slice_compare", "error_code"), ("compare_numbers", "has_command"),
        ("compare_messages", "message"), ("slice_compare", "result_uri"),
        ("slice_compare", "error_detail"))
] + [
    ("order", "messages only as far as the history keeps them", ORDER,
     "    return order ? order : slice_compare(a, b);", "    return order;"),
    ("order", "messages whole at once", ORDER,
     "    return order ? order : slice_compare(a, b);", "    return slice_compare(a, b);"),
    ("order", "content without command_id", ORDER,
     "order = uuid_compare(&a->command_id, &b->command_id);", "order = 0;"),
]

HISTORY_RULES = [
    ("history", "15 are kept", HISTORY, "if (place == HISTORY_SET_MAX)",
     "if (place == HISTORY_SET_MAX - 1)"),
    ("history", "the first 16 to come are kept", HISTORY, "    if (place == HISTORY_SET_MAX)\n",
     "    if (history->count[set] == HISTORY_SET_MAX)\n"),
    ("history", "an entry is kept twice", HISTORY,
     "        if (order == 0)\n            return DONE;\n", ""),
    ("history", "messages are not cut", HISTORY,
     "    if (reduced.message.data)\n        reduced.message.size =",
     "    if (0)\n        reduced.message.size ="),
    ("history", "messages are cut inside a character", HISTORY,
     "utf8_cut(reduced.message, HISTORY_MESSAGE_MAX_BYTES)",
     "reduced.message.size < 256 ? reduced.message.size : 256"),
    ("history", "two entries for what is cut off", HISTORY,
     "    reduced.result_uri = reduced.error_detail = SLICE_NULL;\n", ""),
    ("history", "starts and ends without the attempt first", HISTORY,
     "if (set != HISTORY_CREATIONS && a->attempt != b->attempt)", "if (0)"),
    ("history", "creations by attempt first", HISTORY,
     "if (set != HISTORY_CREATIONS && a->attempt != b->attempt)", "if (a->attempt != b->attempt)"),
    ("history", "the lowest attempt first", HISTORY, "a->attempt > b->attempt ? -1 : 1",
     "a->attempt > b->attempt ? 1 : -1"),
    ("history", "the latest first", HISTORY, "return event_compare(a, b);",
     "return event_compare(b, a);"),
    ("history", "ticks are starts", HISTORY,
     "    if (kind == JOB_PROGRESSED)\n        return false;\n"
     "    *set = kind == JOB_CREATED   ? HISTORY_CREATIONS\n           : kind == JOB_STARTED ?",
     "    *set = kind == JOB_CREATED   ? HISTORY_CREATIONS\n           : kind <= JOB_PROGRESSED ?"),
    ("history", "cancellations are left out", HISTORY, "if (kind == JOB_PROGRESSED)",
     "if (kind == JOB_PROGRESSED || kind == JOB_CANCELLED)"),
    ("history", "its change is not told", FOLD,
     "    int rc = history_add(&row->history, event, &added, err);\n\n    if (added)\n"
     "        row->history_changed = *changed = true;",
     "    int rc = history_add(&row->history, event, &added, err);\n\n    if (added)\n"
     "        *changed = true;"),
    ("history", "its change is no change", FOLD,
     "    int rc = history_add(&row->history, event, &added, err);\n\n    if (added)\n"
     "        row->history_changed = *changed = true;",
     "    int rc = history_add(&row->history, event, &added, err);\n\n    if (added)\n"
     "        row->history_changed = true;"),
    ("history", "without the error code", HISTORY,
     "    put_text(at, event->error_code);\n", "    put_text(at, SLICE_NULL);\n"),
    ("history", "without the command", HISTORY,
     "put_uuid(at, &event->command_id);", "put_uuid(at, &(struct uuid){0});"),
]

JOIN = [
    ("join", "without the time", FOLD, "    offer_time(row, other->updated_at_us, changed);\n", ""),
    ("join", "without the history", FOLD,
     "    rc = join_history(row, other, changed, err);\n", "    rc = DONE;\n"),
    ("join", "without the creation", FOLD,
     "    if (!rc)\n        rc = join_creation(row, other, changed, err);\n", ""),
    ("join", "without the dispute", FOLD,
     "    if (other->creator_disputed && !row->creator_disputed)\n"
     "        row->creator_disputed = *changed = true;\n", ""),
    ("join", "without the attempt", FOLD,
     "    offer_attempt(row, other->attempt, changed);\n", ""),
    ("join", "what belongs to a lower attempt", FOLD,
     "if (other->attempt == row->attempt)", "if (1)"),
    ("join", "without having run", FOLD,
     "    if (other->ran)\n        offer_run(row, changed);\n", ""),
    ("join", "without the start", FOLD,
     "    if (other->started_at_us != TIME_NONE)\n"
     "        offer_start(row, other->started_at_us, changed);\n", ""),
    ("join", "an absent start is the earliest", FOLD,
     "    if (other->started_at_us != TIME_NONE)\n        offer_start", "    offer_start"),
    ("join", "without the tick", FOLD, "    offer_tick(row, other->tick, changed);\n", ""),
    ("join", "without the end", FOLD, "    if (other->end.known)\n        rc = offer_end",
     "    if (other->end.known && row->end.known)\n        rc = offer_end"),
    ("join", "without the statement", FOLD, "if (!rc && other->statement.known)",
     "if (!rc && other->statement.known && row->statement.known)"),
    ("join", "the history's change is not told", FOLD,
     "&added, err);\n\n    if (added)\n        row->history_changed = *changed = true;\n"
     "    return rc;\n}\n\nstatic int join_attempt",
     "&added, err);\n\n    if (added)\n        *changed = true;\n"
     "    return rc;\n}\n\nstatic int join_attempt"),
    ("join", "without the ends of the history", HISTORY,
     "    for (int set = 0; set < HISTORY_SETS; set++)\n        for (int i = 0; i < other->count",
     "    for (int set = 0; set < HISTORY_ENDS; set++)\n        for (int i = 0; i < other->count"),
    ("join", "the end without its command", FOLD,
     "    event.has_command = row->end.has_command;\n", ""),
    ("join", "the statement without its tick", FOLD,
     "    event.progress = row->statement.progress;\n", ""),
    ("join", "the creation without cancellable", FOLD,
     "    event.cancellable = row->creation.cancellable;\n", ""),
]

STATE = [
    ("pack", "having run is lost", PACK, "row->ran = flags & PACK_RAN;", "row->ran = false;"),
    ("pack", "the tick is the shown one", PACK, "row->tick = (int8_t)take_u8(reader);",
     "take_u8(reader);\n    row->tick = columns->progress;"),
    ("pack", "the tick is unsigned", PACK, "row->tick = (int8_t)take_u8(reader);",
     "row->tick = (int32_t)take_u8(reader);"),
    ("pack", "the end's id is lost", PACK, "row->end.key.id = take_uuid(reader);",
     "take_uuid(reader);"),
    ("pack", "the end's time is lost", PACK,
     "row->end.key.occurred_at_us = columns->finished_at_us;", ""),
    ("pack", "the end's kind is another", PACK, "columns->status == STATUS_FAILED   ? JOB_FAILED",
     "columns->status == STATUS_FAILED   ? JOB_CANCELLED"),
    ("pack", "the end's command is lost", PACK,
     "(row->end.has_command ? PACK_END_HAS_COMMAND : 0u)", "0u"),
    ("pack", "the end's detail is lost", PACK,
     "           text_set(row, &row->end.error_code, columns->error_code) &&\n"
     "           text_set(row, &row->end.error_detail, columns->error_detail);",
     "           text_set(row, &row->end.error_code, columns->error_code);"),
    ("pack", "the end's result is lost", PACK,
     "           text_set(row, &row->end.result_uri, columns->result_uri) &&\n", ""),
    ("pack", "the end's message is the shown one", PACK,
     "text_set(row, &row->end.message, take_message(reader, columns, shown, SHOWN_END))",
     "(take_message(reader, columns, shown, SHOWN_END),\n"
     "            text_set(row, &row->end.message, columns->message))"),
    ("pack", "the statement is lost", PACK, "(row->statement.known ? PACK_STATEMENT : 0u)",
     "(row->statement.known && !row->end.message.data ? PACK_STATEMENT : 0u)"),
    ("pack", "the statement's time is lost", PACK,
     "row->statement.key.occurred_at_us = take_i64(reader);", "take_i64(reader);"),
    ("pack", "the statement's id is lost", PACK, "row->statement.key.id = take_uuid(reader);",
     "take_uuid(reader);"),
    ("pack", "the statement's kind is lost", PACK,
     "row->statement.key.kind = (enum event_kind)take_u8(reader);", "take_u8(reader);"),
    ("pack", "the statement's tick is lost", PACK,
     "row->statement.progress = (int8_t)take_u8(reader);", "take_u8(reader);"),
    ("pack", "the statement's cancellable is lost", PACK,
     "(row->statement.cancellable ? PACK_STATEMENT_CANCELLABLE : 0u)", "0u"),
    ("pack", "the statement's type is lost", PACK,
     "put_text(&at, text_slice(&row->statement.type));", "put_text(&at, SLICE_NULL);"),
    ("pack", "the statement's creator is lost", PACK,
     "put_text(&at, text_slice(&row->statement.creator_id));", "put_text(&at, SLICE_NULL);"),
    ("pack", "the creation's id is lost", PACK, "row->creation.key.id = take_uuid(reader);",
     "take_uuid(reader);"),
    ("pack", "the creation's time is lost", PACK,
     "row->creation.key.occurred_at_us = columns->created_at_us;", ""),
    ("pack", "the creation's attempt is the row's", PACK,
     "row->creation.attempt = (int32_t)take_u16(reader);",
     "take_u16(reader);\n    row->creation.attempt = columns->attempt;"),
    ("pack", "the creation's cancellable is lost", PACK,
     "row->creation.cancellable = columns->cancellable;", ""),
    ("pack", "the creation's message is lost", PACK,
     "put_u16(&at, (unsigned)row->creation.attempt);\n"
     "        put_hidden_message(&at, row, SHOWN_CREATION);",
     "put_u16(&at, (unsigned)row->creation.attempt);\n"
     "        if (shown_message(row) != SHOWN_CREATION)\n            put_text(&at, SLICE_NULL);"),
    ("pack", "the dispute is lost", PACK, "row->creator_disputed = columns->creator_disputed;", ""),
    ("pack", "the latest time is lost", PACK, "row->updated_at_us = columns->updated_at_us;", ""),
    ("pack", "the start is lost", PACK, "row->started_at_us = columns->started_at_us;", ""),
    ("row", "a text stays behind when the block moves", ROW,
     "for (size_t i = 0; i < TEXTS; i++) {", "for (size_t i = 1; i < TEXTS; i++) {"),
    ("row", "a text grows over the next one", ROW,
     "text->data && text->capacity >= value.size", "text->data && text->capacity + 8 >= value.size"),
    ("pack", "absent texts become empty", BYTES, "text.data ? (unsigned)text.size : TEXT_ABSENT",
     "(unsigned)text.size"),
    ("pack", "empty texts become absent", BYTES, "text.data ? (unsigned)text.size : TEXT_ABSENT",
     "text.size ? (unsigned)text.size : TEXT_ABSENT"),
    ("pack", "times lose their high bytes", BYTES,
     "return (int64_t)big_endian_u64(take_bytes(reader, 8));",
     "return (int64_t)(big_endian_u64(take_bytes(reader, 8)) & 0xffffffffff);"),
    ("pack", "the history's last set is lost", PACK_HISTORY,
     "        put_u8(&at, history->count[set]);\n",
     "        if (set == HISTORY_ENDS)\n            entries.size = 0;\n"
     "        put_u8(&at, set == HISTORY_ENDS ? 0u : history->count[set]);\n"),
    ("pack", "the history's cancellable is lost", HISTORY,
     "out->cancellable = flags & ENTRY_CANCELLABLE;", ""),
    ("pack", "the history's command is lost", HISTORY,
     "out->command_id = take_uuid(&reader);", "take_uuid(&reader);"),
    ("pack", "the history's attempt is a byte", HISTORY,
     "put_u16(at, (unsigned)event->attempt);", "put_u16(at, (unsigned)event->attempt & 0xff);"),
    ("pack", "the history's creator is the type", HISTORY,
     "put_text(at, event->creator_id);", "put_text(at, event->type);"),
]

MUTATIONS = (ATTEMPT + STATUS + TIMES + END + PROGRESS + MESSAGE + CREATION + ORDER_RULES
             + HISTORY_RULES + JOIN + STATE)
