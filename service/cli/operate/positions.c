// SPDX-License-Identifier: Apache-2.0
// jobtrail positions: how far each partition is read, and the command that accepts a loss.
#include "store/operator/positions.h"

#include <stdio.h>
#include <string.h>

#include "cli/terminal/command.h"
#include "cli/terminal/output.h"
#include "cli/terminal/time_words.h"

static void visit(void *self, const struct source_standing *standing)
{
    struct output *output = self;

    output_text(output, standing->source.topic);
    output_integer(output, standing->source.partition);
    output_count(output, standing->position.next_offset);
    output_count(output, standing->log_end);
    output_count(output, standing->lag);
    output_time(output, standing->caught_up_at_us);
    output_time(output, standing->updated_at_us);
    output_text(output, standing->owner);
    output_text(output, standing->cluster_id);
}

static int list(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"topic", {CUT_MIDDLE, 12, 4, 0}},
        {"partition", {0}},
        {"next_offset", {0}},
        {"log_end", {CUT_NOTHING, 0, 0, 4}},
        {"lag", {0}},
        {"caught_up_at", {CUT_END, 12, 6, 5}},
        {"updated_at", {CUT_END, 10, 5, 3}},
        {"owner", {CUT_MIDDLE, 12, 2, 2}},
        {"cluster_id", {CUT_MIDDLE, 10, 1, 1}},
        {NULL, {0}},
    };
    struct output *output;
    struct positions_visitor visitor = {.visit = visit};
    int rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    visitor.self = output;
    rc = positions_list(invocation->config->postgres_conninfo, &visitor, err);
    if (!rc)
        rc = output_print_or_say(output, "no partition has been read yet", err);
    output_free(output);
    return rc;
}

static enum position_log log_of(const struct invocation *invocation, const char *topic)
{
    return strcmp(topic, invocation->config->cancel_request_topic) ? POSITIONS_OF_EVENTS
                                                                   : POSITIONS_OF_CANCEL_REQUESTS;
}

static void visit_forgotten(void *self, const struct source_standing *standing)
{
    struct output *output = self;

    output_text(output, standing->source.topic);
    output_integer(output, standing->source.partition);
    output_integer(output, standing->position.next_offset);
}

static int forget(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"topic", {0}}, {"partition", {0}}, {"before", {0}}, {NULL, {0}}};
    const char *topic = invocation->arguments->positional[1];
    struct positions_visitor visitor = {.visit = visit_forgotten};
    struct output *output;
    int rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    visitor.self = output;
    rc = positions_forget(invocation->config->postgres_conninfo, log_of(invocation, topic),
                          slice_of(topic), &visitor, err);
    if (!rc)
        rc = output_print(output, err);
    output_free(output);
    return rc;
}

static int read_number(const char *what, const char *text, int64_t most, int64_t *out,
                       struct err *err)
{
    if (option_value_integer(OPTION_INTEGER, text, out) && *out >= 0 && *out <= most)
        return DONE;
    return err_set(err, FATAL, "USAGE", "%s: \"%.40s\": expected a whole number, 0 or more", what,
                   text);
}

static int set(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"topic", {0}}, {"partition", {0}}, {"before", {0}}, {"next_offset", {0}}, {NULL, {0}}};
    const char *const *positional = invocation->arguments->positional;
    struct source source = {.topic = slice_of(positional[1])};
    struct output *output;
    int64_t partition, next_offset, before = -1;
    int rc = read_number("PARTITION", positional[2], INT32_MAX, &partition, err);

    if (!rc)
        rc = read_number("OFFSET", positional[3], INT64_MAX, &next_offset, err);
    if (!rc)
        rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);
    if (rc)
        return rc;
    source.partition = (int32_t)partition;
    rc = positions_set(invocation->config->postgres_conninfo, log_of(invocation, positional[1]),
                       &source, next_offset, &before, err);
    if (!rc) {
        output_text(output, source.topic);
        output_integer(output, source.partition);
        output_count(output, before);
        output_integer(output, next_offset);
        rc = output_print(output, err);
    }
    output_free(output);
    return rc;
}

static const struct verb verbs[] = {
    {"list", "", 0, "how far each partition is read, and by whom", list},
    {"set", "TOPIC PARTITION OFFSET", 3, "makes a partition go on from OFFSET", set},
    {"forget", "TOPIC", 1, "makes all partitions of a topic begin anew", forget},
};

static const struct flag flags[] = {OUTPUT_FLAG, TIME_FLAG};

const struct command positions_command = {
    .name = "positions",
    .summary = "Lists or sets how far each partition has been read",
    .description =
        "set makes a partition go on from OFFSET and accepts whatever stands there: what lies\n"
        "before is not read (again). A running serve notices with its next batch and goes on\n"
        "from there by itself. Reading events again does no harm; leaving some out does, when\n"
        "they are still in the topic. forget is for a topic that was deleted and made again: each\n"
        "of its partitions is read from the beginning of its log.",
    .example = "  jobtrail positions list\n"
               "  jobtrail positions set job.events 3 120000\n"
               "  jobtrail positions forget job.events",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};
