// SPDX-License-Identifier: Apache-2.0
// Each set first draws a shape (how many distinct times, ids and attempts, which kinds, which
// messages) and then events of that shape: sets that are each one-sided find more than sets that
// are all alike.
#include "property/event_generator.h"

#include <stdlib.h>

#include "core/history.h"

enum { POOL_MAX = 24 };

struct shape {
    size_t event_count;
    int64_t times[POOL_MAX];
    size_t time_count;
    struct uuid ids[POOL_MAX];
    size_t id_count;
    int32_t attempts[4];
    size_t attempt_count;
    size_t kind_weights[EVENT_KINDS];
    const struct text_pool *messages, *details;
    size_t repeat_percent, near_copy_percent;
    // How many events have the usual attempt, the usual creator, no message.
    size_t usual_attempt_percent, usual_creator_percent, silent_percent;
    struct slice usual_creator;
};

static void add_text(struct text_pool *pool, struct slice text)
{
    if (pool->count == GENERATOR_TEXTS_MAX)
        abort();
    pool->texts[pool->count++] = text;
}

static void add_absent(struct text_pool *pool)
{
    add_text(pool, SLICE_NULL);
}

// fill repeated while it fits in size - the tail's, then the tail.
static void add_long(struct event_generator *generator, struct text_pool *pool, const char *fill,
                     size_t size, const char *tail)
{
    size_t fill_size = strlen(fill), tail_size = strlen(tail), at = 0;
    char *data = arena_alloc(&generator->arena, size + 1);

    if (!data)
        abort();
    for (; at + fill_size + tail_size <= size; at += fill_size)
        memcpy(data + at, fill, fill_size);
    memcpy(data + at, tail, tail_size + 1);
    add_text(pool, (struct slice){data, at + tail_size});
}

static void add_literals(struct text_pool *pool, const char *const *texts)
{
    for (; *texts; texts++)
        add_text(pool, slice_of(*texts));
}

static void make_messages(struct event_generator *generator)
{
    struct text_pool *cut = &generator->cut_messages, *huge = &generator->huge_messages;

    add_absent(&generator->small_messages);
    add_literals(&generator->small_messages,
                 (const char *const[]){"", "a", "b", "ab", "aé", "é", "€", "\x7f", NULL});
    add_absent(cut);
    for (size_t size = HISTORY_MESSAGE_MAX_BYTES - 1; size <= HISTORY_MESSAGE_MAX_BYTES + 1; size++)
        add_long(generator, cut, "x", size, "");
    // Alike in what history keeps, and different behind it; some cut inside a character.
    static const char *const tails[] = {"y", "z", "é", "è", "€y", "€z", "😀y", "😁y", NULL};

    for (const char *const *tail = tails; *tail; tail++) {
        add_long(generator, cut, "x", HISTORY_MESSAGE_MAX_BYTES + 1, *tail);
        add_long(generator, cut, "x", HISTORY_MESSAGE_MAX_BYTES + strlen(*tail), *tail);
    }
    add_absent(huge);
    add_long(generator, huge, "x", MESSAGE_MAX_BYTES, "");
    add_long(generator, huge, "x", MESSAGE_MAX_BYTES, "y");
    add_long(generator, huge, "x", MESSAGE_MAX_BYTES - 1, "");
    add_long(generator, huge, "€", MESSAGE_MAX_BYTES, "");
    add_long(generator, huge, "€", MESSAGE_MAX_BYTES, "😀");
}

static void make_other_texts(struct event_generator *generator)
{
    add_literals(&generator->types, (const char *const[]){"Load", "Loae", "L", "é", NULL});
    add_long(generator, &generator->types, "T", TYPE_MAX_BYTES, "");
    add_absent(&generator->creators);
    add_literals(&generator->creators, (const char *const[]){"a", "b", "ab", "é", NULL});
    add_long(generator, &generator->creators, "c", ID_MAX_BYTES, "");
    add_long(generator, &generator->creators, "c", ID_MAX_BYTES, "d");
    add_absent(&generator->result_uris);
    add_literals(&generator->result_uris,
                 (const char *const[]){"http://h/", "https://h/a", "https://h/b", NULL});
    add_long(generator, &generator->result_uris, "https://h/", RESULT_URI_MAX_BYTES, "/");
    add_absent(&generator->error_codes);
    add_literals(&generator->error_codes, (const char *const[]){"", "E1", "E2", "é", NULL});
    add_long(generator, &generator->error_codes, "E", ERROR_CODE_MAX_BYTES, "");
    add_absent(&generator->error_details);
    add_literals(&generator->error_details, (const char *const[]){"", "t", "trace\nat a", NULL});
    add_long(generator, &generator->error_details, "d", 300, "e");
    add_long(generator, &generator->error_details, "d", 300, "f");
    add_absent(&generator->huge_details);
    add_long(generator, &generator->huge_details, "d", ERROR_DETAIL_MAX_BYTES, "");
    add_long(generator, &generator->huge_details, "d", ERROR_DETAIL_MAX_BYTES, "é");
}

void event_generator_init(struct event_generator *generator)
{
    *generator = (struct event_generator){0};
    arena_init(&generator->arena);
    make_messages(generator);
    make_other_texts(generator);
}

void event_generator_close(struct event_generator *generator)
{
    arena_reset(&generator->arena);
}

static struct slice draw_text(const struct text_pool *pool, struct dice *dice)
{
    return pool->texts[dice_below(dice, pool->count)];
}

// A number whose small values are likely and whose large ones are met.
static size_t draw_size(struct dice *dice, size_t most)
{
    return dice_between(dice, 1, dice_between(dice, 1, dice_percent(dice, 60) ? 4 : most));
}

static int64_t draw_base_time(struct dice *dice)
{
    static const int64_t first = INT64_C(946684800) * US_PER_SECOND; // 2000, the earliest allowed
    static const int64_t usual = INT64_C(1700000000) * US_PER_SECOND;

    switch (dice_below(dice, 16)) {
    case 0:
        return first;
    case 1: // allowed where a record has no Kafka timestamp to hold it against
        return INT64_MAX - 1000 * US_PER_SECOND;
    default:
        return usual;
    }
}

static void draw_times(struct shape *shape, struct dice *dice)
{
    int64_t base = draw_base_time(dice);
    int64_t step = dice_percent(dice, 50) ? 1 : 17 * US_PER_SECOND;

    shape->time_count = draw_size(dice, POOL_MAX);
    for (size_t i = 0; i < shape->time_count; i++)
        shape->times[i] = base + step * (int64_t)i;
    if (dice_percent(dice, 10))
        shape->times[0] = draw_base_time(dice);
}

// Ids that differ in the first byte, in the last, or only in whether that is above 0x7f.
static void draw_ids(struct shape *shape, struct dice *dice)
{
    size_t at = dice_percent(dice, 50) ? 0 : UUID_BYTES - 1;
    uint64_t common = dice_percent(dice, 50) ? 0 : dice_u64(dice);

    shape->id_count = draw_size(dice, POOL_MAX);
    for (size_t i = 0; i < shape->id_count; i++) {
        memcpy(shape->ids[i].bytes + 4, &common, sizeof common);
        shape->ids[i].bytes[at] = (unsigned char)(i * 0x1d);
    }
}

static void draw_attempts(struct shape *shape, struct dice *dice)
{
    static const int32_t pools[][4] = {
        {1, 2, 3, 4}, {1, 1, 1, 2}, {1, 9999, ATTEMPT_MAX, 128}, {3, 2, 1, 255}};

    memcpy(shape->attempts, pools[dice_below(dice, 4)], sizeof shape->attempts);
    shape->attempt_count = dice_between(dice, 1, 4);
}

static void draw_kind_weights(struct shape *shape, struct dice *dice)
{
    for (size_t kind = 0; kind < EVENT_KINDS; kind++)
        shape->kind_weights[kind] = dice_below(dice, 4);
    // One kind above all others: how a history set overflows.
    if (dice_percent(dice, 40))
        shape->kind_weights[dice_below(dice, EVENT_KINDS)] += 20;
    else
        shape->kind_weights[dice_below(dice, EVENT_KINDS)] += 1;
}

static void draw_texts(const struct event_generator *generator, struct shape *shape,
                       struct dice *dice)
{
    size_t messages = dice_below(dice, 100);

    shape->messages = messages < 60   ? &generator->small_messages
                      : messages < 98 ? &generator->cut_messages
                                      : &generator->huge_messages;
    shape->details = dice_below(dice, 200) ? &generator->error_details : &generator->huge_details;
}

// Far more distinct events of one kind than a history set keeps, so that an event can come too late
// to be kept and still change something else.
static void make_flood(struct shape *shape, struct dice *dice)
{
    shape->event_count = dice_between(dice, GENERATED_EVENTS_MAX / 2, GENERATED_EVENTS_MAX);
    shape->kind_weights[dice_below(dice, EVENT_KINDS)] += 60;
    shape->repeat_percent = shape->near_copy_percent = 5;
    while (shape->time_count * shape->id_count < GENERATED_EVENTS_MAX) {
        draw_times(shape, dice);
        draw_ids(shape, dice);
    }
}

static void draw_habits(const struct event_generator *generator, struct shape *shape,
                        struct dice *dice)
{
    static const size_t percents[] = {0, 50, 97};

    shape->usual_attempt_percent = percents[dice_below(dice, 3)];
    shape->usual_creator_percent = percents[dice_below(dice, 3)];
    shape->silent_percent = percents[dice_below(dice, 3)];
    shape->usual_creator = draw_text(&generator->creators, dice);
    shape->repeat_percent = dice_below(dice, 20);
    shape->near_copy_percent = dice_below(dice, 60);
}

static struct shape draw_shape(const struct event_generator *generator, struct dice *dice)
{
    struct shape shape = {0};

    shape.event_count = dice_percent(dice, 15)
                            ? dice_between(dice, 17, GENERATED_EVENTS_MAX)
                            : dice_between(dice, 1, dice_percent(dice, 50) ? 6 : 24);
    draw_times(&shape, dice);
    draw_ids(&shape, dice);
    draw_attempts(&shape, dice);
    draw_kind_weights(&shape, dice);
    draw_texts(generator, &shape, dice);
    draw_habits(generator, &shape, dice);
    if (dice_percent(dice, 10))
        make_flood(&shape, dice);
    return shape;
}

static enum event_kind draw_kind(const struct shape *shape, struct dice *dice)
{
    size_t total = 0, drawn;
    int kind = 0;

    for (size_t i = 0; i < EVENT_KINDS; i++)
        total += shape->kind_weights[i];
    drawn = dice_below(dice, total);
    for (; drawn >= shape->kind_weights[kind]; kind++)
        drawn -= shape->kind_weights[kind];
    return (enum event_kind)kind;
}

static int32_t draw_attempt(const struct shape *shape, struct dice *dice)
{
    if (dice_percent(dice, shape->usual_attempt_percent))
        return shape->attempts[0];
    return shape->attempts[dice_below(dice, shape->attempt_count)];
}

static struct slice draw_creator(const struct event_generator *generator, const struct shape *shape,
                                 struct dice *dice)
{
    if (dice_percent(dice, shape->usual_creator_percent))
        return shape->usual_creator;
    return draw_text(&generator->creators, dice);
}

static struct slice draw_message(const struct shape *shape, struct dice *dice)
{
    if (dice_percent(dice, shape->silent_percent))
        return SLICE_NULL;
    return draw_text(shape->messages, dice);
}

static void draw_command(struct event *event, struct dice *dice)
{
    event->has_command = dice_percent(dice, 60);
    event->command_id = (struct uuid){0};
    if (event->has_command)
        event->command_id.bytes[UUID_BYTES - 1] = (unsigned char)dice_below(dice, 3);
}

static int32_t draw_progress(struct dice *dice)
{
    static const int32_t ticks[] = {0, 1, 50, 99, 100};

    return ticks[dice_below(dice, sizeof ticks / sizeof *ticks)];
}

// Members that only some kinds have; the others' are left as event.h says: absent.
static void draw_own_members(const struct event_generator *generator, const struct shape *shape,
                             struct event *event, struct dice *dice)
{
    switch (event->kind) {
    case JOB_CREATED:
        event->type = draw_text(&generator->types, dice);
        event->creator_id = draw_creator(generator, shape, dice);
        event->cancellable = dice_percent(dice, 50);
        break;
    case JOB_PROGRESSED:
        event->progress = draw_progress(dice);
        break;
    case JOB_SUCCEEDED:
        event->result_uri = draw_text(&generator->result_uris, dice);
        break;
    case JOB_FAILED:
        event->error_code = draw_text(&generator->error_codes, dice);
        event->error_detail = draw_text(shape->details, dice);
        break;
    case JOB_CANCELLED:
        draw_command(event, dice);
        break;
    default:
        break;
    }
}

static struct event draw_event(const struct event_generator *generator, const struct shape *shape,
                               struct dice *dice)
{
    struct event event = {
        .kind = draw_kind(shape, dice),
        .id = shape->ids[dice_below(dice, shape->id_count)],
        .attempt = draw_attempt(shape, dice),
        .occurred_at_us = shape->times[dice_below(dice, shape->time_count)],
        .message = draw_message(shape, dice),
    };

    draw_own_members(generator, shape, &event, dice);
    return event;
}

static struct event of_kind(const struct event *like, enum event_kind kind)
{
    return (struct event){
        .kind = kind,
        .id = like->id,
        .attempt = like->attempt,
        .occurred_at_us = like->occurred_at_us,
        .message = like->message,
    };
}

// One member is drawn again: how two events come to differ only late in the total order.
static void change_one_member(const struct event_generator *generator, const struct shape *shape,
                              struct event *event, struct dice *dice)
{
    struct event other = *event;

    switch (dice_below(dice, 10)) {
    case 0:
        event->id = shape->ids[dice_below(dice, shape->id_count)];
        break;
    case 1:
        event->attempt = shape->attempts[dice_below(dice, shape->attempt_count)];
        break;
    case 2:
        event->occurred_at_us = shape->times[dice_below(dice, shape->time_count)];
        break;
    case 3:
        *event = of_kind(event, draw_kind(shape, dice));
        draw_own_members(generator, shape, event, dice);
        break;
    case 4:
    case 5:
        event->message = draw_text(shape->messages, dice);
        break;
    default:
        draw_own_members(generator, shape, &other, dice);
        if (event->kind == JOB_CREATED && dice_percent(dice, 70)) {
            other.type = event->type;
            if (dice_percent(dice, 50))
                other.creator_id = event->creator_id;
            else
                other.cancellable = event->cancellable;
        }
        if (event->kind == JOB_FAILED && dice_percent(dice, 70))
            other.error_code = event->error_code;
        *event = other;
        break;
    }
}

void event_generator_draw(const struct event_generator *generator, struct slice organization_id,
                          struct slice job_id, struct dice *dice, struct event_set *out)
{
    struct shape shape = draw_shape(generator, dice);

    out->count = shape.event_count;
    for (size_t i = 0; i < out->count; i++) {
        size_t fate = dice_below(dice, 100);
        struct event *event = &out->events[i];

        if (i > 0 && fate < shape.repeat_percent + shape.near_copy_percent) {
            *event = out->events[dice_below(dice, i)];
            if (fate >= shape.repeat_percent)
                change_one_member(generator, &shape, event, dice);
        } else {
            *event = draw_event(generator, &shape, dice);
        }
        event->organization_id = organization_id;
        event->job_id = job_id;
    }
}
