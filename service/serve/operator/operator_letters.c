// SPDX-License-Identifier: Apache-2.0
#include "serve/operator/operator_letters.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/utf8.h"
#include "http/json_build.h"
#include "http/problem.h"
#include "serve/letters/letter_decode.h"
#include "serve/letters/letter_sender.h"

enum {
    OK = 200,
    CONFLICT = 409,
    LIMIT_DEFAULT = 100,
    LIMIT_MAX = 1000,
    DELIVER_MS = 10 * 1000,
};

static const char media_json[] = "application/json";

// Bytes that are no text for people are told as hexadecimal digits alone.
static void put_bytes(json_t *object, const char *name, const char *name_hex, struct slice bytes)
{
    struct buffer hex;

    if (slice_is_null(bytes))
        return;
    if (utf8_is_text(bytes))
        put_text(object, name, bytes);
    buffer_init(&hex);
    for (size_t i = 0; i < bytes.size; i++)
        buffer_append_format(&hex, "%02x", (unsigned char)bytes.data[i]);
    if (hex.failed)
        json_build_fail();
    else
        put_text(object, name_hex, hex.size ? buffer_slice(&hex) : SLICE_LITERAL(""));
    buffer_free(&hex);
}

static int64_t kafka_time_us(int64_t timestamp_ms)
{
    int64_t time_us;

    if (timestamp_ms < 0 || __builtin_mul_overflow(timestamp_ms, 1000, &time_us))
        return TIME_NONE;
    return time_us;
}

static json_t *summary_json(const struct kept_dead_letter *letter)
{
    json_t *json = json_object();

    put_integer(json, "id", letter->id);
    put_time(json, "created", letter->created_at_us);
    put_time(json, "published", letter->published_at_us);
    put_text(json, "topic", letter->source.topic);
    put_integer(json, "partition", letter->source.partition);
    put_integer(json, "offset", letter->offset);
    put_time(json, "timestamp", kafka_time_us(letter->timestamp_ms));
    put_text(json, "stage", letter->stage);
    put_text(json, "reason", letter->reason);
    put_text(json, "message", letter->message);
    if (letter->value_bytes >= 0)
        put_integer(json, "valueBytes", letter->value_bytes);
    return json;
}

static void add_letter(void *self, const struct kept_dead_letter *letter)
{
    if (json_array_append_new(self, summary_json(letter)))
        json_build_fail();
}

struct list_question {
    int64_t limit;
    const char *topic, *reason; // NULL: any
};

static bool read_limit(struct slice value, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < value.size && *out <= LIMIT_MAX; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return false;
        *out = *out * 10 + (value.data[i] - '0');
    }
    return *out >= 1 && *out <= LIMIT_MAX;
}

// False: the response says what is wrong.
static bool read_question(const struct request *request, struct arena *arena,
                          struct list_question *out, struct response *response)
{
    struct problem_details details = {.detail = SLICE_LITERAL("limit is 1 to 1000; topic, reason")};

    *out = (struct list_question){.limit = LIMIT_DEFAULT};
    for (size_t i = 0; i < request->parameter_count; i++) {
        const struct named_text *parameter = &request->parameters[i];
        struct slice value;

        details.parameter = parameter->name;
        details.allowed = "limit (1 to 1000), topic or reason";
        if (!arena_copy(arena, parameter->value, &value))
            response->failed = true;
        else if (slice_equal(parameter->name, SLICE_LITERAL("topic")))
            out->topic = value.size ? value.data : NULL;
        else if (slice_equal(parameter->name, SLICE_LITERAL("reason")))
            out->reason = value.size ? value.data : NULL;
        else if (!slice_equal(parameter->name, SLICE_LITERAL("limit")) ||
                 !read_limit(value, &out->limit)) {
            problem_respond(response, PROBLEM_BAD_PARAMETER, &details, request->path);
            return false;
        }
        if (response->failed)
            return false;
    }
    return true;
}

int operator_letters_list(const struct operator_request *asked, struct response *response,
                          struct err *err)
{
    struct dead_letters_visitor visitor = {.visit = add_letter};
    struct list_question question;
    struct arena arena;
    json_t *json, *letters;
    int rc;

    arena_init(&arena);
    if (!read_question(asked->request, &arena, &question, response)) {
        arena_reset(&arena);
        return DONE;
    }
    json_build_begin();
    json = json_object();
    visitor.self = letters = json_array();
    rc = dead_letters_list(asked->config->postgres_conninfo, (int)question.limit, question.topic,
                           question.reason, &visitor, err);
    put(json, "deadLetters", letters);
    response->status = OK;
    json_build_end(json, response, media_json);
    arena_reset(&arena);
    return rc;
}

static void put_headers(json_t *json, const struct kept_dead_letter *letter)
{
    json_t *headers = json_array();

    for (size_t i = 0; i < letter->header_count; i++) {
        json_t *header = json_object();

        put_bytes(header, "name", "nameHex", letter->headers[i].name);
        put_bytes(header, "value", "valueHex", letter->headers[i].value);
        if (json_array_append_new(headers, header))
            json_build_fail();
    }
    put(json, "headers", headers);
}

struct shown_letter {
    struct letter_decoder *decoder;
    json_t *json;
};

static void show(void *self, const struct kept_dead_letter *letter)
{
    struct shown_letter *shown = self;
    char *schema = letter_schema_text(letter);
    json_t *decoded = NULL;
    struct err err;

    shown->json = summary_json(letter);
    put_bytes(shown->json, "key", "keyHex", letter->key);
    put_headers(shown->json, letter);
    if (schema)
        put_text(shown->json, "schema", slice_of(schema));
    if (!letter_decode_json(shown->decoder, letter, &decoded, &err))
        put(shown->json, "decoded", decoded);
    else
        put_text(shown->json, "notDecoded", slice_of(err.text));
    put_bytes(shown->json, "valueText", "valueHex", letter->value);
    free(schema);
}

static void respond_none(const struct operator_request *asked, struct response *response)
{
    const struct problem_details details = {.detail =
                                                SLICE_LITERAL("there is no such dead letter")};

    problem_respond(response, PROBLEM_NOT_FOUND, &details, asked->request->path);
}

int operator_letter_show(const struct operator_request *asked, struct response *response,
                         struct err *err)
{
    struct shown_letter shown = {0};
    const struct dead_letters_visitor visitor = {&shown, show};
    bool found = false;
    int rc = letter_decoder_new(asked->config, NULL, &shown.decoder, err);

    json_build_begin();
    if (!rc)
        rc = dead_letters_show(asked->config->postgres_conninfo, asked->id, &found, &visitor, err);
    response->status = OK;
    json_build_end(found ? shown.json : json_object(), response, media_json);
    letter_decoder_free(shown.decoder);
    if (!rc && !found) {
        response_clear(response);
        respond_none(asked, response);
    }
    return rc;
}

// What was done, or not and why.
static void respond(struct response *response, bool is_done, const struct err *why)
{
    json_t *json;

    json_build_begin();
    json = json_object();
    put_boolean(json, "done", is_done);
    if (!is_done) {
        put_text(json, "reason", slice_of(why->reason));
        put_text(json, "message", slice_of(why->text));
    }
    response->status = is_done ? OK : CONFLICT;
    json_build_end(json, response, media_json);
}

static void keep_why(void *self, int64_t id, const struct err *why)
{
    (void)id;
    *(struct err *)self = *why;
}

int operator_letter_retry(const struct operator_request *asked, struct response *response,
                          struct err *err)
{
    struct err why = {0};
    const struct letter_sender_options options = {.config = asked->config,
                                                  .choice = {.ids = &asked->id, .id_count = 1},
                                                  .deliver_ms = DELIVER_MS,
                                                  .kept = keep_why,
                                                  .self = &why};
    struct letter_sender *sender = NULL;
    bool found = false, is_sent = false;
    int64_t count;
    int rc = letter_sender_open(&options, &sender, &count, err);

    if (!rc)
        rc = letter_sender_next(sender, &found, err);
    if (!rc && found)
        rc = letter_sender_settle(sender, err);
    if (!rc)
        is_sent = letter_sender_counts(sender).sent > 0;
    letter_sender_close(sender);
    if (!rc && found)
        respond(response, is_sent, &why);
    else if (!rc)
        respond_none(asked, response);
    if (is_sent)
        log_info("operator", "a dead letter's record was sent again",
                 LOG_TEXT("operator", asked->who), LOG_INT("letter", asked->id));
    return rc;
}

// "unpublished" is the only parameter there is, and has to say "true".
static bool may_lose(const struct request *request)
{
    return request->parameter_count == 1 &&
           slice_equal(request->parameters[0].name, SLICE_LITERAL("unpublished")) &&
           slice_equal(request->parameters[0].value, SLICE_LITERAL("true"));
}

int operator_letter_discard(const struct operator_request *asked, struct response *response,
                            struct err *err)
{
    const struct letter_choice choice = {.ids = &asked->id, .id_count = 1};
    struct letter_box *box = NULL;
    int64_t count = 0, removed = 0;
    struct err why;
    int rc = letter_box_open(asked->config->postgres_conninfo, &choice, &box, &count, err);

    if (!rc && count)
        rc = letter_box_discard(box, may_lose(asked->request), &removed, err);
    letter_box_close(box);
    if (rc)
        return rc;
    err_set(
        &why, FATAL, "UNPUBLISHED",
        "the topic of dead letters does not have it yet, and it would be lost: wait until serve "
        "has published it, or say unpublished=true");
    if (count)
        respond(response, removed > 0, &why);
    else
        respond_none(asked, response);
    if (removed)
        log_info("operator", "a dead letter was discarded", LOG_TEXT("operator", asked->who),
                 LOG_INT("letter", asked->id));
    return DONE;
}
