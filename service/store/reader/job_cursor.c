// SPDX-License-Identifier: Apache-2.0
#include "store/reader/job_cursor.h"

#include "base/clock.h"
#include "store/connection/arrays.h"
#include "store/reader/job_sort.h"

enum { MESSAGE_KEY_CHARACTERS = 100, NOT_STARTED = -1 };

// The year 9999.
#define AS_OF_MAX_US INT64_C(253370764800000000)

// The earliest time that PostgreSQL holds, as it counts (4714 BC). The latest is beyond ours.
#define POSTGRES_TIME_MIN INT64_C(-211813488000000000)

static int64_t or_infinity(int64_t time_us)
{
    return time_us == TIME_NONE ? INT64_MAX : time_us;
}

static struct slice or_empty(struct slice text)
{
    return text.data ? text : SLICE_LITERAL("");
}

// As SQL's left(): a message can be too long for a cursor that travels in an address.
static struct slice message_key(struct slice message)
{
    struct slice key = or_empty(message);
    size_t characters = 0;

    for (size_t i = 0; i < key.size; i++)
        if (((unsigned char)key.data[i] & 0xc0) != 0x80 && ++characters > MESSAGE_KEY_CHARACTERS)
            return (struct slice){key.data, i};
    return key;
}

// As the query has it: a job whose end, by its service's clock, lies before its start lasted none.
static int64_t lasted_us(const struct job_columns *columns, int64_t as_of_us)
{
    int64_t until_us = columns->finished_at_us == TIME_NONE ? as_of_us : columns->finished_at_us;

    if (columns->started_at_us == TIME_NONE)
        return NOT_STARTED;
    return until_us < columns->started_at_us ? 0 : until_us - columns->started_at_us;
}

int64_t job_cursor_as_of_us(const struct job_page *page)
{
    int64_t as_of_us = page->after.known ? page->after.as_of_us : clock_now_us();

    // An interval has no infinity.
    return as_of_us < 0 || as_of_us > AS_OF_MAX_US ? 0 : as_of_us;
}

struct job_cursor job_cursor_of(const struct job_columns *columns, enum job_sort sort,
                                int64_t as_of_us)
{
    struct job_cursor cursor = {.known = true, .text = SLICE_NULL, .job_id = columns->key.job_id};

    switch (sort) {
    case SORT_CREATED:
        cursor.number = or_infinity(columns->created_at_us);
        break;
    case SORT_UPDATED:
        cursor.number =
            columns->finished_at_us == TIME_NONE ? columns->updated_at_us : columns->finished_at_us;
        break;
    case SORT_STARTED:
        cursor.number = or_infinity(columns->started_at_us);
        break;
    case SORT_FINISHED:
        cursor.number = or_infinity(columns->finished_at_us);
        break;
    case SORT_DURATION:
        cursor.number = lasted_us(columns, as_of_us);
        cursor.as_of_us = as_of_us;
        break;
    case SORT_STATUS:
        cursor.number = (int64_t)columns->status;
        break;
    case SORT_PROGRESS:
        cursor.number = columns->progress;
        break;
    case SORT_TYPE:
        cursor.text = or_empty(columns->type);
        break;
    case SORT_CREATOR:
        cursor.text = or_empty(columns->creator_id);
        break;
    case SORT_MESSAGE:
        cursor.text = message_key(columns->message);
        break;
    case SORT_ID:
    case JOB_SORTS:
        break;
    }
    return cursor;
}

int64_t job_cursor_postgres_time(int64_t time_us)
{
    int64_t postgres_us = time_to_postgres(time_us);

    if (time_us == INT64_MAX)
        return INT64_MAX;
    return postgres_us < POSTGRES_TIME_MIN ? INT64_MIN : postgres_us;
}

static int32_t within_int4(int64_t number)
{
    if (number < INT32_MIN)
        return INT32_MIN;
    return number > INT32_MAX ? INT32_MAX : (int32_t)number;
}

static void add_nulls(struct parameters *out, int count)
{
    for (int i = 0; i < count; i++)
        parameters_add_bytes(out, SLICE_NULL);
}

void job_cursor_add(struct parameters *out, enum job_sort sort, const struct job_cursor *cursor)
{
    bool has_time = job_sort_key(sort)->kind == KEY_TIME;

    if (!cursor->known) {
        add_nulls(out, has_time ? 2 : 1);
        return;
    }
    if (has_time)
        parameters_add_int8(out, job_cursor_postgres_time(cursor->number));
    parameters_add_bytes(out, or_empty(cursor->job_id));
}

void job_cursor_add_bounded(struct parameters *out, const struct job_page *page, int64_t as_of_us)
{
    const struct job_sort_key *key = job_sort_key(page->sort);
    const struct job_cursor *cursor = &page->after;

    parameters_add_bytes(out, slice_of(key->name));
    parameters_add_int8(out, job_cursor_postgres_time(as_of_us));
    if (!cursor->known) {
        add_nulls(out, 4);
        return;
    }
    // The same for all jobs where it is not the key: see the query.
    parameters_add_int8(out, key->kind == KEY_TIME ? job_cursor_postgres_time(cursor->number)
                                                   : INT64_MIN);
    parameters_add_int4(out, key->kind == KEY_NUMBER ? within_int4(cursor->number) : 0);
    parameters_add_bytes(out, key->kind == KEY_TEXT ? or_empty(cursor->text) : SLICE_LITERAL(""));
    parameters_add_bytes(out, or_empty(cursor->job_id));
}
