// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"

#include "api/page_cursor.h"

static const char *const sorts[JOB_SORTS] = {
    [SORT_CREATED] = "created",   [SORT_ID] = "jobID",        [SORT_UPDATED] = "updated",
    [SORT_TYPE] = "processID",    [SORT_STATUS] = "status",   [SORT_MESSAGE] = "message",
    [SORT_PROGRESS] = "progress", [SORT_STARTED] = "started", [SORT_FINISHED] = "finished",
};

// The place of a name in a list; count if it is not there.
static size_t place_of(const char *const *names, size_t count, struct slice name)
{
    size_t place = 0;

    while (place < count && !slice_equal(slice_of(names[place]), name))
        place++;
    return place;
}

static bool next_part(struct slice *list, struct slice *part)
{
    const char *comma;

    if (slice_is_null(*list))
        return false;
    comma = list->size ? memchr(list->data, ',', list->size) : NULL;
    *part = *list;
    if (comma) {
        part->size = (size_t)(comma - list->data);
        *list = (struct slice){comma + 1, list->size - part->size - 1};
    } else {
        *list = SLICE_NULL;
    }
    return true;
}

// In a type's name a comma and a backslash have a backslash in front of them: what clients encode
// of a list differs, so that an encoded comma cannot be told from one that separates.
static bool next_type(struct slice *list, struct arena *arena, struct slice *type, bool *failed)
{
    size_t size = 0, at = 0;
    char *text;

    if (slice_is_null(*list))
        return false;
    text = arena_alloc(arena, list->size + 1);
    *failed = !text;
    if (!text)
        return false;
    for (; at < list->size && list->data[at] != ','; at++) {
        if (list->data[at] == '\\' && at + 1 < list->size &&
            (list->data[at + 1] == ',' || list->data[at + 1] == '\\'))
            at++;
        text[size++] = list->data[at];
    }
    *type = (struct slice){text, size};
    *list =
        at == list->size ? SLICE_NULL : (struct slice){list->data + at + 1, list->size - at - 1};
    return true;
}

bool list_type_write(struct slice type, struct arena *arena, struct slice *out)
{
    char *text = arena_alloc(arena, 2 * type.size + 1);
    size_t size = 0;

    if (!text)
        return false;
    for (size_t i = 0; i < type.size; i++) {
        if (type.data[i] == ',' || type.data[i] == '\\')
            text[size++] = '\\';
        text[size++] = type.data[i];
    }
    *out = (struct slice){text, size};
    return true;
}

static bool read_types(struct slice value, struct arena *arena, struct list_query *out)
{
    struct job_filter *filter = &out->filter;
    bool failed = false;
    struct slice part;

    while (next_type(&value, arena, &part, &failed)) {
        if (!part.size || part.size > TYPE_MAX_BYTES || filter->type_count == FILTER_TYPES_MAX)
            return false;
        filter->types[filter->type_count++] = part;
    }
    return !failed;
}

// OGC's type of a job, which is that of all of ours.
static bool read_kind(struct slice value, struct arena *arena, struct list_query *out)
{
    struct slice part;

    (void)arena, (void)out;
    while (next_part(&value, &part))
        if (!slice_equal(part, SLICE_LITERAL("process")))
            return false;
    return true;
}

// JOB_STATUSES if there is none of that name.
static enum job_status status_named(struct slice name)
{
    enum job_status status = 0;

    while (status < JOB_STATUSES && !slice_equal(slice_of(job_status_name(status)), name))
        status++;
    return status;
}

static bool read_statuses(struct slice value, struct arena *arena, struct list_query *out)
{
    struct slice part;

    (void)arena;
    while (next_part(&value, &part)) {
        enum job_status status = status_named(part);

        if (status == JOB_STATUSES)
            return false;
        out->filter.statuses |= 1U << status;
    }
    return true;
}

static bool read_number(struct slice text, int64_t most, int64_t *out)
{
    *out = 0;
    if (!text.size)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        if (*out <= most)
            *out = *out * 10 + (text.data[i] - '0');
    }
    if (*out > most)
        *out = most;
    return true;
}

bool list_limit_read(struct slice value, size_t *out)
{
    int64_t limit;

    if (!read_number(value, LIMIT_MAX, &limit) || !limit)
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
    return read_number(value, INT32_MAX, &out->filter.min_duration_s);
}

static bool read_max_duration(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    return read_number(value, INT32_MAX, &out->filter.max_duration_s);
}

// A moment as RFC 3339 has it; a '+' of its offset that came unencoded is a blank by now.
static bool read_moment(struct slice text, struct arena *arena, int64_t *out)
{
    struct slice copy;

    if (!arena_copy(arena, text, &copy))
        return false;
    for (size_t i = 11; i < copy.size; i++)
        if (copy.data[i] == ' ')
            ((char *)copy.data)[i] = '+';
    return time_parse_us(copy, out);
}

static bool read_bound(struct slice text, struct arena *arena, int64_t *out)
{
    if (!text.size || slice_equal(text, SLICE_LITERAL("..")))
        return true; // open
    return read_moment(text, arena, out);
}

static bool read_datetime(struct slice value, struct arena *arena, struct list_query *out)
{
    struct job_filter *filter = &out->filter;
    const char *slash = value.size ? memchr(value.data, '/', value.size) : NULL;
    struct slice from = value, to;

    if (!slash) {
        if (!read_moment(value, arena, &filter->created_from_us))
            return false;
        filter->created_to_us = filter->created_from_us;
        return true;
    }
    from.size = (size_t)(slash - value.data);
    to = (struct slice){slash + 1, value.size - from.size - 1};
    if (!read_bound(from, arena, &filter->created_from_us) ||
        !read_bound(to, arena, &filter->created_to_us))
        return false;
    return filter->created_from_us == TIME_NONE || filter->created_to_us == TIME_NONE ||
           filter->created_from_us <= filter->created_to_us;
}

static bool read_creator(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    out->mine = slice_equal(value, SLICE_LITERAL("me"));
    return out->mine;
}

static bool read_text(struct slice value, struct arena *arena, struct list_query *out)
{
    (void)arena;
    out->filter.text = value;
    return value.size >= 1 && value.size <= TEXT_MAX_BYTES;
}

// A '+' that came unencoded is a blank by now.
static bool read_sort(struct slice value, struct arena *arena, struct list_query *out)
{
    size_t place;

    (void)arena;
    out->page.descending = value.size && value.data[0] == '-';
    if (value.size && strchr("+- ", value.data[0]))
        value = (struct slice){value.data + 1, value.size - 1};
    place = place_of(sorts, JOB_SORTS, value);
    if (place == JOB_SORTS)
        return false;
    out->page.sort = (enum job_sort)place;
    return true;
}

static bool read_cursor(struct slice value, struct arena *arena, struct list_query *out)
{
    struct job_page read = out->page; // with the sort that was asked for, wherever it stands

    if (!page_cursor_read(value, arena, &read) || read.sort != out->page.sort ||
        read.descending != out->page.descending)
        return false;
    out->page = read;
    return true;
}

static const struct list_parameter {
    const char *name;
    bool repeats;
    bool (*read)(struct slice value, struct arena *arena, struct list_query *out);
    const char *allowed;
} parameters[] = {
    {"processID", true, read_types,
     "up to 32 job types of 1 to 128 bytes, separated by commas; a comma or a backslash in one has "
     "a "
     "backslash in front of it"},
    {"status", true, read_statuses,
     "accepted, running, successful, failed, dismissed, separated by commas"},
    {"datetime", false, read_datetime,
     "a moment as in RFC 3339, or two with a slash between them, the earlier one first, where .. "
     "is open"},
    {"minDuration", false, read_min_duration, "a whole number of seconds"},
    {"maxDuration", false, read_max_duration, "a whole number of seconds"},
    {"creator", false, read_creator, "me"},
    {"q", false, read_text, "1 to 256 bytes of text"},
    // From here on of the page.
    {"limit", false, read_limit, "a whole number from 1; more than 1000 is taken as 1000"},
    {"sortby", false, read_sort,
     "one of created, jobID, updated, processID, status, message, progress, started, finished, "
     "behind + or - or nothing"},
    {"cursor", false, read_cursor,
     "what a link to the next or previous page has, with the same sortby"},
    {"type", true, read_kind, "process, which all jobs are"},
};

enum { PARAMETER_COUNT = sizeof parameters / sizeof *parameters, FILTER_COUNT = 7 };

#define FILTER_NAMES                                                                               \
    "the parameters processID, status, datetime, minDuration, maxDuration, creator, q"
#define REPEATING ", each once but processID and status"

static bool read_one(const struct named_text *given, bool pages, unsigned *seen,
                     struct arena *arena, struct list_query *out, struct query_fault *fault)
{
    const size_t count = pages ? PARAMETER_COUNT : FILTER_COUNT;
    size_t place = 0;

    fault->parameter = given->name;
    fault->allowed = pages ? FILTER_NAMES ", limit, sortby, cursor, type" REPEATING ", and type"
                           : FILTER_NAMES REPEATING;
    while (place < count && !slice_equal(given->name, slice_of(parameters[place].name)))
        place++;
    if (place == count)
        return false;
    if (*seen & 1U << place && !parameters[place].repeats)
        return false;
    *seen |= 1U << place;
    fault->allowed = parameters[place].allowed;
    // A parameter without a value has the empty one.
    return parameters[place].read(slice_is_null(given->value) ? SLICE_LITERAL("") : given->value,
                                  arena, out);
}

static bool read_query(const struct request *request, bool pages, struct arena *arena,
                       struct list_query *out, struct query_fault *fault)
{
    unsigned seen = 0;

    *out = (struct list_query){
        .filter = {.created_from_us = TIME_NONE,
                   .created_to_us = TIME_NONE,
                   .min_duration_s = -1,
                   .max_duration_s = -1},
        .page = {.sort = SORT_CREATED, .descending = true, .limit = LIMIT_DEFAULT},
    };
    // The sort first: the cursor's is held against it.
    for (size_t i = 0; i < request->parameter_count; i++)
        if (slice_equal(request->parameters[i].name, SLICE_LITERAL("sortby")))
            (void)read_sort(request->parameters[i].value, arena, out); // looked at below
    for (size_t i = 0; i < request->parameter_count; i++)
        if (!read_one(&request->parameters[i], pages, &seen, arena, out, fault))
            return false;
    return true;
}

bool list_query_read(const struct request *request, struct arena *arena, struct list_query *out,
                     struct query_fault *fault)
{
    return read_query(request, true, arena, out, fault);
}

bool list_query_read_filter(const struct request *request, struct arena *arena,
                            struct list_query *out, struct query_fault *fault)
{
    return read_query(request, false, arena, out, fault);
}

bool query_is_empty(const struct request *request, struct query_fault *fault)
{
    if (!request->parameter_count)
        return true;
    *fault = (struct query_fault){request->parameters[0].name, "no parameters here"};
    return false;
}
