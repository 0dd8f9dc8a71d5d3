// SPDX-License-Identifier: Apache-2.0
// What stands in C and has to be said again elsewhere is said alike: in the definition of the API
// (schemas/openapi.yaml), in the page's modules, and in the help of the command line.
#define _GNU_SOURCE // memmem
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "api/list_query.h"
#include "api/list_words.h"
#include "api/resources.h"
#include "cli/terminal/command.h"
#include "core/event.h"
#include "core/history.h"
#include "core/stream_resume.h"
#include "embedded_definition.h"
#include "embedded_page.h"
#include "words/words.h"

enum { NAMES_MAX = 32 };

struct names {
    const char *each[NAMES_MAX];
    size_t count;
};

// The columns by which lists are sorted, each once.
static struct names sort_keys(void)
{
    struct names names = {0};
    bool seen[JOB_SORTS] = {false}, descending;
    enum job_sort sort;

    for (const struct word *word = column_words; word->standard; word++) {
        assert_true(list_words_sort(slice_of(word->standard), &sort, &descending));
        assert_false(seen[sort]);
        seen[sort] = true;
        names.each[names.count++] = word->standard;
    }
    assert_int_equal(names.count, JOB_SORTS);
    return names;
}

static struct names statuses(void)
{
    struct names names = {.count = JOB_STATUSES};

    for (size_t i = 0; i < JOB_STATUSES; i++)
        names.each[i] = job_status_name((enum job_status)i);
    return names;
}

static struct names spellings(const struct word *words)
{
    struct names names = {0};

    for (; words->standard; words++) {
        names.each[names.count++] = words->standard;
        if (strcmp(words->standard, words->shown) != 0)
            names.each[names.count++] = words->shown;
        for (const char *const *also = words->also; *also; also++)
            names.each[names.count++] = *also;
    }
    return names;
}

// The standard's words, and behind each what people say where that is another.
static struct names both_words(const struct word *words)
{
    struct names names = {0};

    for (; words->standard; words++) {
        names.each[names.count++] = words->standard;
        if (strcmp(words->standard, words->shown) != 0)
            names.each[names.count++] = words->shown;
    }
    return names;
}

// What stands between two marks.
static struct slice between(struct slice text, const char *begin, const char *end)
{
    const char *first = memmem(text.data, text.size, begin, strlen(begin)), *last;

    if (!first)
        fail_msg("\"%s\" is not there", begin);
    first += strlen(begin);
    last = memmem(first, (size_t)(text.data + text.size - first), end, strlen(end));
    if (!last)
        fail_msg("no \"%s\" behind \"%s\"", end, begin);
    return (struct slice){first, (size_t)(last - first)};
}

static struct slice next_word(struct slice *text)
{
    size_t begin = 0, end;
    struct slice word;

    while (begin < text->size && !isalpha((unsigned char)text->data[begin]))
        begin++;
    end = begin;
    while (end < text->size && isalpha((unsigned char)text->data[end]))
        end++;
    word = (struct slice){text->data + begin, end - begin};
    *text = (struct slice){text->data + end, text->size - end};
    return word;
}

static size_t place_of(struct slice word, const struct names *names)
{
    size_t place = 0;

    while (place < names->count && !slice_equal(word, slice_of(names->each[place])))
        place++;
    return place;
}

// Each name once, and no other word but "or"; in_order: in their order.
static void lists(struct slice text, struct names names, bool in_order)
{
    bool seen[NAMES_MAX] = {false};
    struct slice word;
    size_t count = 0;

    while ((word = next_word(&text)).size) {
        size_t place = place_of(word, &names);

        if (slice_equal(word, SLICE_LITERAL("or")))
            continue;
        if (place == names.count || seen[place] || (in_order && place != count))
            fail_msg("\"%.*s\" is not the next name", (int)word.size, word.data);
        seen[place] = true;
        count++;
    }
    assert_int_equal(count, names.count);
}

static struct slice definition(void)
{
    return embedded_slice(
        embedded_find(embedded_definition, embedded_definition_count, "openapi.yaml"));
}

static struct slice page_module(const char *name)
{
    const struct embedded_file *file = embedded_find(embedded_page, embedded_page_count, name);

    assert_non_null(file);
    return embedded_slice(file);
}

static struct slice help_of(const struct command *command, const char *flag)
{
    for (size_t i = 0; i < command->flag_count; i++)
        if (!strcmp(command->flags[i].name, flag))
            return slice_of(command->flags[i].prose);
    fail_msg("no flag --%s", flag);
    return SLICE_NULL;
}

// What a list says of a parameter that it does not take.
static struct slice allowed(const char *target, struct arena *arena)
{
    struct request request = {0};
    struct query_fault fault;
    struct list_query query;

    assert_int_equal(request_read_target(&request, slice_of(target), arena), TARGET_OK);
    assert_false(list_query_read(&request, arena, &query, &fault));
    return slice_of(fault.allowed);
}

static void sort_keys_are_the_same_everywhere(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    lists(between(definition(), "pattern: '^[+-]?(", ")$', default: '-created'"),
          spellings(column_words), true);
    lists(between(help_of(&list_command, "sort"), "", ";"), sort_keys(), true);
    lists(between(page_module("view_state.js"), "columnNames = /** @type {const} */ ([", "]"),
          sort_keys(), false);
    lists(between(allowed("/?sortby=x", &arena), "", ":"), both_words(column_words), true);
    arena_reset(&arena);
}

static void statuses_are_the_same_everywhere(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    lists(between(definition(), "    Status:\n      type: string\n      enum: [", "]"), statuses(),
          true);
    lists(between(help_of(&list_command, "status"), "only those that are ", ";"), statuses(), true);
    lists(between(page_module("view_state.js"), "statuses = /** @type {const} */ ([", "]"),
          statuses(), true);
    lists(between(definition(), "    StatusWord:\n      type: string\n      enum: [", "]"),
          spellings(status_words), true);
    lists(between(allowed("/?status=x", &arena), "", ", separated"), both_words(status_words),
          true);
    arena_reset(&arena);
}

static void parameters_are_named_with_what_may_repeat(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_true(slice_equal(
        allowed("/?page=2", &arena),
        SLICE_LITERAL(
            "the parameters processID, status, datetime, started, finished, updated, minDuration, "
            "maxDuration, "
            "creator, q, limit, sortby, cursor, type, f; each once but processID, status, "
            "type")));
    arena_reset(&arena);
}

// The value at a path of names and, within lists, numbers.
static const json_t *at(const json_t *json, const char *path)
{
    char name[64];

    for (size_t size; *path; path += size + (path[size] == '/')) {
        size = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)size, path);
        json = json_is_array(json) ? json_array_get(json, strtoul(name, NULL, 10))
                                   : json_object_get(json, name);
    }
    return json;
}

#define SCHEMAS    "components/schemas/"
#define PARAMETERS "components/parameters/"
#define STATUS     SCHEMAS "StatusInfo/properties/"
#define EVENTS     SCHEMAS "History/properties/events/"
#define REQUEST    SCHEMAS "CancelRequest/properties/"
#define PROBLEM    SCHEMAS "Problem/properties/"

// In a schema a length is one of characters, and a text has as many bytes at least.
static void limits_are_those_of_the_code(void **state)
{
    static const struct {
        const char *path;
        json_int_t limit;
    } limits[] = {
        {PARAMETERS "jobId/schema/maxLength", ID_MAX_BYTES},
        {PARAMETERS "processIDOfPath/schema/maxLength", TYPE_MAX_BYTES},
        {PARAMETERS "processIDs/schema/maxItems", FILTER_TYPES_MAX},
        // Each byte of a type may have a backslash in front of it.
        {PARAMETERS "processIDs/schema/items/maxLength", 2 * TYPE_MAX_BYTES},
        {PARAMETERS "from/schema/maxLength", TYPE_MAX_BYTES},
        {PARAMETERS "q/schema/maxLength", TEXT_MAX_BYTES},
        {PARAMETERS "creator/schema/maxLength", ID_MAX_BYTES},
        {SCHEMAS "Process/properties/id/maxLength", TYPE_MAX_BYTES},
        {SCHEMAS "Process/properties/title/maxLength", TYPE_MAX_BYTES},
        {SCHEMAS "Processes/properties/processes/maxItems", LIMIT_MAX},
        {SCHEMAS "Jobs/properties/jobs/maxItems", LIMIT_MAX},
        {SCHEMAS "Jobs/properties/numberReturned/maximum", LIMIT_MAX},
        {STATUS "processID/maxLength", TYPE_MAX_BYTES},
        {STATUS "jobID/maxLength", ID_MAX_BYTES},
        {STATUS "message/maxLength", MESSAGE_MAX_BYTES},
        {STATUS "creatorID/maxLength", ID_MAX_BYTES},
        {STATUS "resultURI/maxLength", RESULT_URI_MAX_BYTES},
        {STATUS "attempt/maximum", ATTEMPT_MAX},
        {EVENTS "maxItems", 3 * HISTORY_SET_MAX},
        {EVENTS "items/properties/rank/maximum", HISTORY_SET_MAX - 1},
        {EVENTS "items/properties/attempt/maximum", ATTEMPT_MAX},
        {EVENTS "items/properties/message/maxLength", HISTORY_MESSAGE_MAX_BYTES},
        {EVENTS "items/properties/processID/maxLength", TYPE_MAX_BYTES},
        {EVENTS "items/properties/creatorID/maxLength", ID_MAX_BYTES},
        {EVENTS "items/properties/errorCode/maxLength", ERROR_CODE_MAX_BYTES},
        {REQUEST "jobID/maxLength", ID_MAX_BYTES},
        {REQUEST "requesterID/maxLength", ID_MAX_BYTES},
        {REQUEST "attempt/maximum", ATTEMPT_MAX},
        {REQUEST "reason/maxLength", MESSAGE_MAX_BYTES},
        {SCHEMAS "CancelRequests/properties/cancelRequests/maxItems", CANCEL_REQUESTS_LISTED_MAX},
        {PROBLEM "detail/maxLength", ERROR_DETAIL_MAX_BYTES},
        {PROBLEM "code/maxLength", ERROR_CODE_MAX_BYTES},
    };
    struct slice text = embedded_slice(
        embedded_find(embedded_definition, embedded_definition_count, "openapi-3.0.json"));
    json_t *json = json_loadb(text.data, text.size, 0, NULL);

    (void)state;
    assert_non_null(json);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const json_t *limit = at(json, limits[i].path);

        if (!json_is_integer(limit) || json_integer_value(limit) != limits[i].limit)
            fail_msg("%s is not %lld", limits[i].path, (long long)limits[i].limit);
    }
    json_decref(json);
}

static void the_stream_can_be_resumed_for_so_long(void **state)
{
    (void)state;
    between(definition(), "sent as Last-Event-ID, resumes behind it for about a minute.", "\n");
    assert_int_equal(RESUME_S, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sort_keys_are_the_same_everywhere),
        cmocka_unit_test(statuses_are_the_same_everywhere),
        cmocka_unit_test(parameters_are_named_with_what_may_repeat),
        cmocka_unit_test(limits_are_those_of_the_code),
        cmocka_unit_test(the_stream_can_be_resumed_for_so_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
