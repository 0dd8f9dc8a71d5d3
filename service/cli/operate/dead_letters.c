// SPDX-License-Identifier: Apache-2.0
// jobtrail dead-letters: the records that could not be understood.
#include "store/operator/dead_letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/operate/letter_choice.h"
#include "cli/operate/letter_file.h"
#include "cli/operate/letter_retry.h"
#include "cli/terminal/command.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/json_text.h"
#include "cli/terminal/output.h"
#include "cli/terminal/time_words.h"
#include "serve/letters/letter_decode.h"

enum { LIMIT_DEFAULT = 25, LIMIT_MAX = 100000, SHOWN_BYTES = 64 };

static int64_t kafka_time_us(int64_t timestamp_ms)
{
    int64_t time_us;

    if (timestamp_ms < 0 || __builtin_mul_overflow(timestamp_ms, 1000, &time_us))
        return TIME_NONE;
    return time_us;
}

static void write_summary(struct output *output, const struct kept_dead_letter *letter)
{
    output_integer(output, letter->id);
    output_time(output, letter->created_at_us);
    output_text(output, letter->source.topic);
    output_integer(output, letter->source.partition);
    output_integer(output, letter->offset);
    output_text(output, letter->stage);
    output_text(output, letter->reason);
    output_text(output, letter->message);
}

static void visit_one_of_many(void *self, const struct kept_dead_letter *letter)
{
    write_summary(self, letter);
}

static int list(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"id", {0}},
        {"created_at", {CUT_END, 10, 5, 2}},
        {"topic", {CUT_MIDDLE, 12, 4, 4}},
        {"partition", {CUT_NOTHING, 0, 0, 3}},
        {"offset", {CUT_NOTHING, 0, 0, 3}},
        {"stage", {CUT_END, 6, 2, 1}},
        {"reason", {CUT_END, 14, 3, 0}},
        {"message", {CUT_END, 20, 1, 5}},
        {NULL, {0}},
    };
    const struct arguments *arguments = invocation->arguments;
    const char *topic = arguments_value(arguments, "topic");
    const char *reason = arguments_value(arguments, "reason");
    struct dead_letters_visitor visitor = {.visit = visit_one_of_many};
    struct output *output;
    long long limit;
    int rc = arguments_integer(arguments, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, err);

    if (!rc)
        rc = output_new(arguments, OUTPUT_TABLE, columns, &output, err);
    if (rc)
        return rc;
    visitor.self = output;
    rc = dead_letters_list(invocation->config->postgres_conninfo, (int)limit, topic, reason,
                           &visitor, err);
    if (!rc)
        rc = output_print_or_say(output,
                                 topic || reason ? "there are no dead letters that match"
                                                 : "there are no dead letters",
                                 err);
    output_free(output);
    return rc;
}

// Bytes as hexadecimal digits, at most limit of them.
static void write_hex(struct output *output, struct slice bytes, size_t limit)
{
    size_t shown = bytes.size < limit ? bytes.size : limit;
    struct buffer out;

    if (slice_is_null(bytes)) {
        output_text(output, bytes);
        return;
    }
    buffer_init(&out);
    for (size_t i = 0; i < shown; i++)
        buffer_append_format(&out, "%02x", (unsigned char)bytes.data[i]);
    if (shown < bytes.size)
        buffer_append_format(&out, "... (--raw writes all %zu bytes)", bytes.size);
    output_text(output, out.failed ? SLICE_NULL : buffer_slice(&out));
    buffer_free(&out);
}

static void write_headers(struct output *output, const struct kept_dead_letter *letter)
{
    struct buffer out;

    buffer_init(&out);
    for (size_t i = 0; i < letter->header_count; i++) {
        const struct record_header *header = &letter->headers[i];

        buffer_append_text(&out, i ? "; " : "");
        buffer_append(&out, header->name.data, header->name.size);
        buffer_append_text(&out, ": ");
        buffer_append(&out, header->value.data, header->value.size);
    }
    output_text(output, out.failed ? SLICE_NULL : buffer_slice(&out));
    buffer_free(&out);
}

struct shown {
    struct output *output;
    struct letter_decoder *decoder;
    bool is_raw, is_whole;
};

// What it says as an event or a cancel request, if that can be read by now; if not, why not.
static void write_decoded(const struct shown *shown, const struct kept_dead_letter *letter)
{
    char *schema = letter_schema_text(letter), *text = NULL;
    json_t *json = NULL;
    struct err err;
    int rc = letter_decode_json(shown->decoder, letter, &json, &err);

    if (!rc)
        text = json_text(json, JSON_COMPACT);
    if (!rc && !text)
        rc = err_no_memory(&err);
    json_decref(json);
    output_text(shown->output, slice_of(schema));
    output_text(shown->output, slice_of(text));
    output_text(shown->output, rc ? slice_of(err.text) : SLICE_NULL);
    free(text);
    free(schema);
}

static void visit_one(void *self, const struct kept_dead_letter *letter)
{
    struct shown *shown = self;

    if (shown->is_raw) {
        fwrite(letter->value.data ? letter->value.data : "", 1, letter->value.size, stdout);
        return;
    }
    write_summary(shown->output, letter);
    output_time(shown->output, letter->published_at_us);
    output_time(shown->output, kafka_time_us(letter->timestamp_ms));
    output_text(shown->output, letter->key);
    write_headers(shown->output, letter);
    write_decoded(shown, letter);
    output_count(shown->output, letter->value_bytes);
    write_hex(shown->output, letter->value, shown->is_whole ? SIZE_MAX : SHOWN_BYTES);
}

static int show(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"id", {0}},           {"created_at", {0}}, {"topic", {0}},       {"partition", {0}},
        {"offset", {0}},       {"stage", {0}},      {"reason", {0}},      {"message", {0}},
        {"published_at", {0}}, {"timestamp", {0}},  {"key", {0}},         {"headers", {0}},
        {"schema", {0}},       {"decoded", {0}},    {"not_decoded", {0}}, {"value_bytes", {0}},
        {"value_hex", {0}},    {NULL, {0}},
    };
    const struct arguments *arguments = invocation->arguments;
    struct shown shown = {.is_raw = arguments_given(arguments, "raw")};
    struct dead_letters_visitor visitor = {&shown, visit_one};
    bool found = false;
    int64_t id;
    int rc;

    if (!option_value_integer(OPTION_INTEGER, arguments->positional[1], &id))
        return err_set(err, FATAL, "USAGE", "ID: \"%.40s\": expected a whole number",
                       arguments->positional[1]);
    rc = output_new(arguments, OUTPUT_RECORD, columns, &shown.output, err);
    if (rc)
        return rc;
    shown.is_whole = output_is_json(shown.output);
    rc = letter_decoder_new(invocation->config, interrupt_seen, &shown.decoder, err);
    if (!rc)
        rc = dead_letters_show(invocation->config->postgres_conninfo, id, &found, &visitor, err);
    if (!rc && !found)
        rc = err_set(err, FATAL, "NOT_FOUND", "there is no dead letter %lld", (long long)id);
    if (!rc && !shown.is_raw)
        rc = output_print(shown.output, err);
    letter_decoder_free(shown.decoder);
    output_free(shown.output);
    return rc;
}

static int discard(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    struct letter_box *box;
    struct chosen_letters chosen;
    int64_t count, removed = 0;
    bool is_json;
    int rc = output_read_format(arguments, &is_json, err);

    if (!rc)
        rc = letter_choice_read(arguments, &chosen, err);
    if (!rc)
        rc = letter_box_open(invocation->config->postgres_conninfo, &chosen.choice, &box, &count,
                             err);
    if (rc)
        return rc;
    rc = letter_box_discard(box, arguments_given(arguments, "unpublished"), &removed, err);
    letter_box_close(box);
    printf(is_json ? "[{\"discarded\":%lld}]\n" : "%lld discarded\n", (long long)removed);
    if (!rc && removed < count)
        rc = err_set(err, FATAL, "UNPUBLISHED",
                     "%lld are not in the topic of dead letters yet and would be lost: let serve "
                     "publish them first, or say --unpublished",
                     (long long)(count - removed));
    return rc ? rc : letter_choice_check(&chosen.choice, count, err);
}

static const struct verb verbs[] = {
    {"list", "", 0, "the records, the newest first", list},
    {"show", "ID", 1, "one of them: what it says, its headers and bytes", show},
    {"retry", "[ID...]", ANY_NUMBER, "sends those again that can be understood now", letter_retry},
    {"discard", "[ID...]", ANY_NUMBER, "removes them", discard},
    {"export", "[ID...]", ANY_NUMBER, "writes them whole, a line of JSON each", letter_export},
    {"import", "FILE", 1, "puts back what was exported, but for those that are there",
     letter_import},
};

static const struct flag flags[] = {
    {"limit", "N", "with list: at most so many, the newest first (default: 25)", 'n'},
    {"topic", "TOPIC", "only those of this topic", 0},
    {"reason", "REASON", "only those with this reason", 0},
    {"all", NULL, "with retry, discard and export: all of them", 0},
    {"unpublished", NULL, "with discard: also those that the topic of dead letters lacks", 0},
    {"raw", NULL, "with show: write the record's value as it is, and nothing else", 0},
    OUTPUT_FLAG,
    TIME_FLAG,
};

const struct command dead_letters_command = {
    .name = "dead-letters",
    .summary = "Lists, shows, retries, keeps or discards the records that could not be understood",
    .description =
        "retry sends records that can be understood now, as once their schema is known, into\n"
        "their topic once more and removes their letters; the others are kept, and told with the\n"
        "reason. When an event comes does not matter, and sending it twice does no harm: what was\n"
        "interrupted is run again. It needs the right to write topic.events. Cancel requests are\n"
        "not sent again.\n"
        "\n"
        "discard removes letters for good; export keeps them in a file before, and import FILE "
        "puts\n"
        "back what it has.\n"
        "\n"
        "retry and discard end with 1 if some are kept; so do they and export if an ID is not "
        "there.",
    .example = "  jobtrail dead-letters list --reason UNKNOWN_RECORD\n"
               "  jobtrail dead-letters show 17 --raw > record.bin\n"
               "  jobtrail dead-letters retry --reason SCHEMA_UNKNOWN\n"
               "  jobtrail dead-letters export --all > letters.jsonl\n"
               "  jobtrail dead-letters discard 17 18",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};
