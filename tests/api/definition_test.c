// SPDX-License-Identifier: Apache-2.0
// What stands in C and has to be said again elsewhere is said alike: in the definition of the API
// (schemas/openapi.yaml), in the page's modules, and in the help of the command line.
#define _GNU_SOURCE // memmem
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/list_query.h"
#include "api/sort_keys.h"
#include "cli/terminal/command.h"
#include "core/stream_resume.h"
#include "embedded_openapi.h"
#include "embedded_page.h"

enum { NAMES_MAX = 16 };

struct names {
    const char *each[NAMES_MAX];
    size_t count;
};

static struct names sort_keys(void)
{
    struct names names = {.count = JOB_SORTS};

    for (size_t i = 0; i < JOB_SORTS; i++)
        names.each[i] = sort_key_name((enum job_sort)i);
    return names;
}

static struct names statuses(void)
{
    struct names names = {.count = JOB_STATUSES};

    for (size_t i = 0; i < JOB_STATUSES; i++)
        names.each[i] = job_status_name((enum job_status)i);
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
    return embedded_slice(&embedded_openapi[0]);
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
    lists(between(definition(), "pattern: '^[+-]?(", ")$', default: '-created'"), sort_keys(),
          true);
    lists(between(help_of(&list_command, "sort"), "", ";"), sort_keys(), true);
    lists(between(page_module("view_state.js"), "columnNames = /** @type {const} */ ([", "]"),
          sort_keys(), false);
    lists(between(allowed("/?sortby=x", &arena), "", ":"), sort_keys(), true);
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
    lists(between(allowed("/?status=x", &arena), "", ", separated"), statuses(), true);
    arena_reset(&arena);
}

static void parameters_are_named_with_what_may_repeat(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_true(slice_equal(
        allowed("/?page=2", &arena),
        SLICE_LITERAL("the parameters processID, status, datetime, minDuration, maxDuration, "
                      "creator, q, limit, sortby, cursor, type; each once but processID, status, "
                      "type")));
    arena_reset(&arena);
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
        cmocka_unit_test(the_stream_can_be_resumed_for_so_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
