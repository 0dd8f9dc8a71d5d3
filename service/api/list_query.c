// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"

#include "api/list_words.h"
#include "api/page_cursor.h"
#include "api/query_values.h"
#include "words/words.h"

static bool read_types(struct slice value, struct arena *arena, struct list_query *out)
{
    struct job_filter *filter = &out->filter;
    bool failed = false;
    struct slice part;

    while (query_value_next_type(&value, arena, &part, &failed)) {
        if (!part.size || part.size > TYPE_MAX_BYTES || filter->type_count == FILTER_TYPES_MAX)
            return false;
        filter->types[filter->type_count++] = part;
    }
    return !failed;
}

// OGC's type of a job: all our jobs are of the type "process".
static bool read_kind(struct slice value, struct arena *arena, struct list_query *out)
{
    struct slice part;

    (void)arena, (void)out;
    while (query_value_next(&value, &part))
        if (!slice_equal(part, SLICE_LITERAL("process")))
            return false;
    return true;
}

static bool read_statuses(struct slice value, struct arena *arena, struct list_query *out)
{
    struct slice part;

    (void)arena;
    while (query_value_next(&value, &part)) {
        enum job_status status;

        if (!list_words_status(part, &status))
            return false;
        out->filter.statuses |= 1U << status;
    }
    return true;
}

bool list_limit_read(struct slice value, size_t *out)
{
    int64_t limit;

    if (!query_value_number(value, LIMIT_MAX, &limit) || !limit)
        return false;
    *out = (size_t)limit;
    return true;
}

static bool read_limit(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return list_limit_read(value, &out->page.limit);
}

static bool read_min_duration(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return query_value_number(value, INT32_MAX, &out->filter.min_duration_s);
}

static bool read_max_duration(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return query_value_number(value, INT32_MAX, &out->filter.max_duration_s);
}

static bool read_span(struct slice value, struct arena *arena, struct list_query *out,
                      enum job_moment moment)
{
    struct job_span *span = &out->filter.moments[moment];

    return query_value_interval(value, arena, &span->from_us, &span->to_us);
}

static bool read_created(struct slice value, struct arena *arena, struct list_query *out)
{
    return read_span(value, arena, out, MOMENT_CREATED);
}

static bool read_started(struct slice value, struct arena *arena, struct list_query *out)
{
    return read_span(value, arena, out, MOMENT_STARTED);
}

static bool read_finished(struct slice value, struct arena *arena, struct list_query *out)
{
    return read_span(value, arena, out, MOMENT_FINISHED);
}

static bool read_updated(struct slice value, struct arena *arena, struct list_query *out)
{
    return read_span(value, arena, out, MOMENT_UPDATED);
}

static bool read_creator(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    out->mine = slice_equal(value, SLICE_LITERAL("me"));
    out->filter.creator_id = out->mine ? SLICE_NULL : value;
    return value.size >= 1 && value.size <= ID_MAX_BYTES;
}

static bool read_text(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    out->filter.text = value;
    return value.size >= 1 && value.size <= TEXT_MAX_BYTES;
}

static bool read_step(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return query_value_number(value, INT32_MAX, &out->step_s) && out->step_s;
}

static bool read_sort(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return list_words_sort(value, &out->page.sort, &out->page.descending);
}

static bool read_cursor(struct slice value, struct arena *arena, struct list_query *out)
{
    struct job_page read = out->page; // read_query has read the sort before

    if (!page_cursor_read(value, arena, &read) || read.sort != out->page.sort ||
        read.descending != out->page.descending)
        return false;
    out->page = read;
    return true;
}

static const char interval_words[] =
    "a moment as in RFC 3339, or two with a slash between them, the earlier one first, where .. is "
    "open";

enum belongs { OF_FILTER, OF_PAGE, OF_TIMELINE };

static const struct list_parameter {
    const char *name;
    bool repeats;
    enum belongs belongs; // what is of the filter belongs to all, and to the live stream
    bool (*read)(struct slice value, struct arena *arena, struct list_query *out);
    const char *allowed;      // for a person: what it takes, behind the words
    const struct word *words; // NULL: there are none
} parameters[] = {
    {.name = "processID",
     .repeats = true,
     .read = read_types,
     .allowed = "up to 32 job types of 1 to 128 bytes, separated by commas; a comma or a backslash "
                "in one has a backslash in front of it"},
    {.name = "status",
     .repeats = true,
     .read = read_statuses,
     .words = status_words,
     .allowed = ", separated by commas"},
    {.name = "datetime", .read = read_created, .allowed = interval_words},
    {.name = "started", .read = read_started, .allowed = interval_words},
    {.name = "finished", .read = read_finished, .allowed = interval_words},
    {.name = "updated", .read = read_updated, .allowed = interval_words},
    {.name = "minDuration", .read = read_min_duration, .allowed = "a whole number of seconds"},
    {.name = "maxDuration", .read = read_max_duration, .allowed = "a whole number of seconds"},
    {.name = "creator", .read = read_creator, .allowed = "me, or a creator's id of 1 to 255 bytes"},
    {.name = "q", .read = read_text, .allowed = "1 to 256 bytes of text"},
    {.name = "limit",
     .belongs = OF_PAGE,
     .read = read_limit,
     .allowed = "a whole number from 1; more than 1000 is taken as 1000"},
    {.name = "sortby",
     .belongs = OF_PAGE,
     .read = read_sort,
     .words = column_words,
     .allowed = ": one of these, behind + or - or nothing"},
    {.name = "cursor",
     .belongs = OF_PAGE,
     .read = read_cursor,
     .allowed = "what a link to the next or previous page has, with the same sortby"},
    {.name = "type",
     .repeats = true,
     .belongs = OF_PAGE,
     .read = read_kind,
     .allowed = "process, which all jobs are"},
    {.name = "step",
     .belongs = OF_TIMELINE,
     .read = read_step,
     .allowed = "a whole number of seconds from 1"},
};

enum { PARAMETERS = sizeof parameters / sizeof *parameters };

// A text for a person, kept in the arena; without memory a shorter one.
static const char *keep(struct buffer *text, struct arena *arena, const char *shorter)
{
    struct slice kept = SLICE_NULL;

    buffer_append(text, "", 1);
    if (text->failed || !arena_copy(arena, buffer_slice(text), &kept))
        kept = slice_of(shorter);
    buffer_free(text);
    return kept.data;
}

static const char *allowed_values(const struct list_parameter *parameter, struct arena *arena)
{
    struct buffer text = {0};

    if (!parameter->words)
        return parameter->allowed;
    words_list_for_programs(parameter->words, &text);
    buffer_append_text(&text, parameter->allowed);
    return keep(&text, arena, "one of the words that the API's definition has");
}

static bool is_among(const struct list_parameter *parameter, enum belongs belongs)
{
    return parameter->belongs == OF_FILTER || parameter->belongs == belongs;
}

static void append_names(struct buffer *out, enum belongs belongs, bool only_repeating)
{
    const char *between = "";

    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!is_among(&parameters[i], belongs) || (only_repeating && !parameters[i].repeats))
            continue;
        buffer_append_format(out, "%s%s", between, parameters[i].name);
        between = ", ";
    }
}

static const char *allowed_parameters(enum belongs belongs, struct arena *arena)
{
    struct buffer text = {0};

    buffer_append_text(&text, "the parameters ");
    append_names(&text, belongs, false);
    buffer_append_text(&text, ", f; each once but ");
    append_names(&text, belongs, true);
    return keep(&text, arena, "the parameters that the API's definition has");
}

static const struct list_parameter *find(struct slice name, enum belongs belongs)
{
    for (size_t i = 0; i < PARAMETERS; i++)
        if (slice_equal(name, slice_of(parameters[i].name)) && is_among(&parameters[i], belongs))
            return &parameters[i];
    return NULL;
}

static bool read_one(const struct named_text *given, enum belongs belongs, unsigned *seen,
                     struct arena *arena, struct list_query *out, struct query_fault *fault)
{
    const struct list_parameter *parameter = find(given->name, belongs);
    unsigned bit = parameter ? 1U << (parameter - parameters) : 0;
    // A parameter without a value has the empty one.
    struct slice value = slice_is_null(given->value) ? SLICE_LITERAL("") : given->value;

    fault->parameter = given->name;
    fault->kind = parameter ? PARAMETER_TWICE : PARAMETER_UNKNOWN;
    if (!parameter || (*seen & bit && !parameter->repeats)) {
        fault->allowed = allowed_parameters(belongs, arena);
        return false;
    }
    *seen |= bit;
    if (parameter->read(value, arena, out))
        return true;
    fault->kind = PARAMETER_VALUE;
    fault->allowed = allowed_values(parameter, arena);
    return false;
}

static bool read_query(const struct request *request, enum belongs belongs, struct arena *arena,
                       struct list_query *out, struct query_fault *fault)
{
    unsigned seen = 0;

    *out = (struct list_query){
        .filter = job_filter_of_all(),
        .page = {.sort = SORT_CREATED, .descending = true, .limit = LIMIT_DEFAULT},
        .step_s = STEP_DEFAULT_S,
    };
    // The sort is read first, wherever it stands: the cursor must be of the same sort.
    for (size_t i = 0; i < request->parameter_count; i++)
        if (slice_equal(request->parameters[i].name, SLICE_LITERAL("sortby")))
            (void)read_sort(request->parameters[i].value, arena, out); // a fault is told below
    for (size_t i = 0; i < request->parameter_count; i++)
        if (!read_one(&request->parameters[i], belongs, &seen, arena, out, fault))
            return false;
    return true;
}

bool list_query_read(const struct request *request, struct arena *arena, struct list_query *out,
                     struct query_fault *fault)
{
    return read_query(request, OF_PAGE, arena, out, fault);
}

bool list_query_read_filter(const struct request *request, struct arena *arena,
                            struct list_query *out, struct query_fault *fault)
{
    return read_query(request, OF_FILTER, arena, out, fault);
}

bool list_query_read_timeline(const struct request *request, struct arena *arena,
                              struct list_query *out, struct query_fault *fault)
{
    return read_query(request, OF_TIMELINE, arena, out, fault);
}

bool query_is_empty(const struct request *request, struct query_fault *fault)
{
    if (!request->parameter_count)
        return true;
    *fault =
        (struct query_fault){PARAMETER_UNKNOWN, request->parameters[0].name, "no parameter but f"};
    return false;
}
