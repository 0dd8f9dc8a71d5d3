// SPDX-License-Identifier: Apache-2.0
// A request's target and headers, as anybody may send them: the first line is the target, each
// further one a header's value. What comes out must be text that PostgreSQL can hold, within its
// bounds, and must come back through the encoding.
#include "api/list_query.h"
#include "api/page_cursor.h"
#include "api/query_values.h"
#include "base/utf8.h"
#include "fuzz/fuzz_target.h"
#include "http/encoding.h"
#include "http/entity_tag.h"

static struct slice take_line(struct slice *rest)
{
    const char *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
    struct slice line = *rest;

    if (end) {
        line.size = (size_t)(end - line.data);
        *rest = (struct slice){end + 1, rest->size - line.size - 1};
    } else {
        rest->size = 0;
    }
    return line;
}

static void check_query(const struct list_query *query)
{
    MUST(query->page.limit >= 1 && query->page.limit <= LIMIT_MAX);
    MUST(query->page.sort < JOB_SORTS);
    MUST(query->filter.type_count <= FILTER_TYPES_MAX);
    for (size_t i = 0; i < query->filter.type_count; i++)
        MUST(utf8_is_text(query->filter.types[i]));
    MUST(slice_is_null(query->filter.text) || utf8_is_text(query->filter.text));
    if (query->page.after.known)
        MUST(utf8_is_text(query->page.after.job_id) &&
             query->page.after.job_id.size <= ID_MAX_BYTES);
}

static void check_target(struct slice target, struct arena *arena)
{
    struct request request = {0};
    struct query_fault fault;
    struct list_query query;

    if (request_read_target(&request, target, arena))
        return;
    MUST(request.segment_count <= SEGMENTS_MAX && request.parameter_count <= PARAMETERS_MAX);
    for (size_t i = 0; i < request.segment_count; i++)
        MUST(utf8_is_text(request.segments[i]));
    if (list_query_read(&request, arena, &query, &fault))
        check_query(&query);
    else
        MUST(fault.allowed && utf8_is_text(fault.parameter));
}

static void check_encoding(struct slice text, struct arena *arena)
{
    struct request request = {0};
    struct buffer target;

    buffer_init(&target);
    buffer_append_text(&target, "/");
    request_encode_id(&target, text);
    if (utf8_is_text(text) && text.size && target.size <= TARGET_MAX_BYTES) {
        MUST(!request_read_target(&request, buffer_slice(&target), arena));
        MUST(request.segment_count == 1 &&
             slice_equal(request_id_of_segment(request.segments[0]), text));
    }
    buffer_free(&target);
}

// A type, whatever it is, comes through the parameter as itself, and alone.
static void check_type(struct slice type, struct arena *arena)
{
    struct request request = {0};
    struct list_query query;
    struct query_fault fault;
    struct buffer target;
    struct slice written;

    if (!utf8_is_text(type) || !type.size || type.size > TYPE_MAX_BYTES)
        return;
    buffer_init(&target);
    buffer_append_text(&target, "/?processID=");
    MUST(query_value_write_type(type, arena, &written));
    request_encode(&target, written);
    MUST(!request_read_target(&request, buffer_slice(&target), arena));
    MUST(list_query_read(&request, arena, &query, &fault));
    MUST(query.filter.type_count == 1 && slice_equal(query.filter.types[0], type));
    buffer_free(&target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, line;
    struct job_page page = {0};
    struct arena arena;

    arena_init(&arena);
    line = take_line(&rest);
    if (line.data)
        check_target(line, &arena);
    while (rest.size) {
        line = take_line(&rest);
        (void)entity_tag_matches(line, "W/\"00\"");
        (void)encoding_takes_gzip(line);
        if (page_cursor_read(line, &arena, &page))
            MUST(page.sort < JOB_SORTS);
        check_encoding(line, &arena);
        check_type(line, &arena);
    }
    arena_reset(&arena);
    return 0;
}
