// SPDX-License-Identifier: Apache-2.0
#include "api/list_words.h"

#include "api/query_values.h"
#include "words/words.h"

static const char *const sorts[JOB_SORTS] = {
    [SORT_CREATED] = "created",   [SORT_ID] = "jobID",        [SORT_UPDATED] = "updated",
    [SORT_TYPE] = "processID",    [SORT_STATUS] = "status",   [SORT_MESSAGE] = "message",
    [SORT_PROGRESS] = "progress", [SORT_STARTED] = "started", [SORT_FINISHED] = "finished",
    [SORT_DURATION] = "duration", [SORT_CREATOR] = "creator",
};

bool list_words_status(struct slice text, enum job_status *out)
{
    const struct word *word = word_find(status_words, text);

    for (size_t i = 0; word && i < JOB_STATUSES; i++)
        if (!strcmp(job_status_name((enum job_status)i), word->standard)) {
            *out = (enum job_status)i;
            return true;
        }
    return false;
}

// A '+' that came unencoded is a blank by now.
bool list_words_sort(struct slice text, enum job_sort *out, bool *descending)
{
    const struct word *word;

    *descending = text.size && text.data[0] == '-';
    if (text.size && strchr("+- ", text.data[0]))
        text = (struct slice){text.data + 1, text.size - 1};
    word = word_find(column_words, text);
    for (size_t i = 0; word && i < JOB_SORTS; i++)
        if (!strcmp(sorts[i], word->standard)) {
            *out = (enum job_sort)i;
            return true;
        }
    return false;
}

static void append_statuses(struct slice value, struct buffer *out)
{
    enum job_status status = 0;
    struct slice part;

    for (const char *between = ""; query_value_next(&value, &part); between = ",")
        if (list_words_status(part, &status))
            buffer_append_format(out, "%s%s", between, job_status_name(status));
}

static void append_sort(struct slice value, struct buffer *out)
{
    enum job_sort sort = SORT_CREATED;
    bool descending;

    if (list_words_sort(value, &sort, &descending))
        buffer_append_format(out, "%s%s", descending ? "-" : "", sorts[sort]);
}

bool list_words_canonical(const struct named_text *parameter, struct arena *arena,
                          struct slice *out)
{
    struct buffer text = {0};
    bool is_kept;

    *out = parameter->value;
    if (slice_equal(parameter->name, SLICE_LITERAL("status")))
        append_statuses(parameter->value, &text);
    else if (slice_equal(parameter->name, SLICE_LITERAL("sortby")))
        append_sort(parameter->value, &text);
    else
        return true;
    is_kept = !text.failed && arena_copy(arena, buffer_slice(&text), out);
    buffer_free(&text);
    return is_kept;
}
