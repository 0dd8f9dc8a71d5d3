# SPDX-License-Identifier: Apache-2.0
"""Deliberate mistakes in what reads partitions, each of which the made topics must notice.

As in tests/property/mutations.py: (rule, mistake, file of service/serve, text, mistaken text).
"""

SOURCES, SAME_LOG, SCOUTING = "source/sources.c", "source/same_log.c", "source/scouting.c"
START, DISPATCH = "source/start_point.c", "projection/dispatch.c"

MUTATIONS = [
    (
        "start",
        "the last record is not compared",
        SOURCES,
        "    reading->expects_last = point->expects_last;\n",
        "    reading->expects_last = false;\n",
    ),
    (
        "start",
        "another record is taken for the last",
        SAME_LOG,
        "    if (!position_compare(&reading->source, &reading->last, &found, &err))\n        return true;",
        "    if (found.offset == reading->last.offset || !position_compare(&reading->source, "
        "&reading->last, &found, &err))\n        return true;",
    ),
    (
        "start",
        "the log's bounds are asked for first",
        START,
        "    int rc = finder->positions.load(finder->positions.self, survey->sources, survey->count,\n"
        "                                    survey->stored, err);\n",
        "    int rc = DONE;\n    memset(survey->stored, 0, survey->count * sizeof *survey->stored);\n",
    ),
    (
        "failure",
        "the topic's other partitions go on",
        SOURCES,
        "    await(sources, reading);\n    sources_compare_topic(sources, source->topic);",
        "    await(sources, reading);",
    ),
    (
        "refusal",
        "the topic's other partitions are read on",
        SOURCES,
        "    if (position_is_of_other_log(err))\n        refuse_topic",
        "    if (0)\n        refuse_topic",
    ),
    (
        "refusal",
        "what was taken in is still committed",
        DISPATCH,
        "    if (position_is_of_other_log(err))\n        dispatcher->process->abandons_batches = true;",
        "",
    ),
    (
        "checks",
        "none",
        SCOUTING,
        "        if (round->task == SCOUT_CHECK && reading->state == READING_STARTED)",
        "        if (0)",
    ),
    (
        "silence",
        "what was polled before it is taken in",
        SAME_LOG,
        "        if (sources->readings->items[i]->heard_at_us < heard_since_us)",
        "        if (0)",
    ),
    (
        "silence",
        "is not looked at when it ends",
        SAME_LOG,
        "    if (asked_at_us - reading->heard_at_us > HEARD_WITHIN_US ||",
        "    if (",
    ),
    (
        "leader",
        "records of another are taken in",
        SAME_LOG,
        "    if (is_another(record->broker_id, reading->broker_id)) {",
        "    if (0) {",
    ),
    (
        "leader",
        "another with no record is not noticed",
        SAME_LOG,
        "        (is_since_start && is_another(end->leader, reading->leader)))",
        "        0)",
    ),
    (
        "restart",
        "what was taken in is not read again",
        SOURCES,
        "    reading->restart_wanted = false;\n    if (reading->state != READING_STARTED)\n        return;",
        "    reading->restart_wanted = false;\n    return;",
    ),
]
