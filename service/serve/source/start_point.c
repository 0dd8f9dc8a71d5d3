// SPDX-License-Identifier: Apache-2.0
#include "serve/source/start_point.h"

#include <stdlib.h>

#include "base/log.h"
#include "serve/source/topic_rules.h"

enum {
    BROKER_TIMEOUT_MS = 2000,
    CHECK_HOLDS_US = 5 * 1000 * 1000,
    LOOKS = 2, // before it is said that something is lost
};

// A topic's partitions come together: one look serves them all.
static bool was_just_checked(const struct start_finder *finder, const char *topic)
{
    return finder->checked_topic && !strcmp(finder->checked_topic, topic) &&
           finder->now_us() - finder->checked_at_us < CHECK_HOLDS_US;
}

static int remember_check(struct start_finder *finder, const char *topic, struct err *err)
{
    char *copy = strdup(topic);

    if (!copy)
        return err_no_memory(err);
    free(finder->checked_topic);
    finder->checked_topic = copy;
    finder->checked_at_us = finder->now_us();
    return DONE;
}

static int judge_topic(const struct start_finder *finder, const char *topic,
                       struct topic_state *state, struct err *err)
{
    int rc =
        finder->cluster.topic_state(finder->cluster.self, topic, BROKER_TIMEOUT_MS, state, err);

    return rc ? rc : topic_judge(topic, state, finder->broker_stamps, err);
}

static int check_topic(struct start_finder *finder, const char *topic, struct err *err)
{
    struct topic_state state;
    int rc;

    if (was_just_checked(finder, topic))
        return DONE;
    rc = judge_topic(finder, topic, &state, err);
    if (!rc && !state.config_readable)
        log_warn(finder->who, "no right to read the topic's configuration: not checked",
                 LOG_TEXT("topic", topic));
    return rc ? rc : remember_check(finder, topic, err);
}

static int learn_cluster(struct start_finder *finder, struct err *err)
{
    if (finder->cluster_id)
        return DONE;
    return finder->cluster.cluster_id(finder->cluster.self, BROKER_TIMEOUT_MS, &finder->cluster_id,
                                      err);
}

// Those that are still looked for, side by side.
struct survey {
    size_t count;
    struct start_search **searches;
    struct source *sources;
    struct stored_position *stored;
    struct log_range *ranges;
};

static void survey_free(struct survey *survey)
{
    free(survey->searches);
    free(survey->sources);
    free(survey->stored);
    free(survey->ranges);
}

static bool survey_init(struct survey *survey, size_t room)
{
    *survey = (struct survey){
        .searches = calloc(room, sizeof *survey->searches),
        .sources = calloc(room, sizeof *survey->sources),
        .stored = calloc(room, sizeof *survey->stored),
        .ranges = calloc(room, sizeof *survey->ranges),
    };
    return survey->searches && survey->sources && survey->stored && survey->ranges;
}

static void survey_add(struct survey *survey, struct start_search *search)
{
    survey->sources[survey->count] = search->source;
    survey->searches[survey->count++] = search;
}

// The positions, then the logs: the other way round, a position that somebody moves on meanwhile
// would look as if it stood behind the log's end.
static int ask(struct start_finder *finder, struct survey *survey, struct err *err)
{
    int rc = finder->positions.load(finder->positions.self, survey->sources, survey->count,
                                    survey->stored, err);

    if (rc)
        return rc;
    return finder->cluster.log_ranges(finder->cluster.self, survey->sources, survey->count,
                                      BROKER_TIMEOUT_MS, survey->ranges, err);
}

// First start, or a new partition: from the log's beginning.
static struct source_position begin_new(const struct start_finder *finder,
                                        const struct source *source, int64_t low)
{
    log_info(finder->who, "a new partition: read from the log's beginning",
             LOG_SLICE("topic", source->topic), LOG_INT("partition", source->partition),
             LOG_INT("offset", low));
    return (struct source_position){.next_offset = low, .last_offset = -1};
}

static int judge(const struct start_finder *finder, const struct survey *survey, size_t place)
{
    struct start_search *search = survey->searches[place];
    const struct stored_position *stored = &survey->stored[place];
    const struct log_range *range = &survey->ranges[place];
    const struct log_bounds log = {range->low, range->high, slice_of(finder->cluster_id)};
    struct source_position *position = &search->point.position;

    if (range->low < 0 || range->high < 0)
        return err_set(
            &search->err, RETRY, "KAFKA_ERROR", "%.*s [%d]: no broker tells its log's bounds",
            (int)search->source.topic.size, search->source.topic.data, search->source.partition);
    *position = stored->found ? stored->position : begin_new(finder, &search->source, range->low);
    search->point.has_checkpoints = stored->checkpoint_count;
    search->point.leader = range->leader;
    search->is_unrecorded = slice_is_null(stored->cluster_id);
    search->point.last = (struct read_record){position->last_offset, position->last_timestamp_ms,
                                              position->last_hash};
    return position_judge(&search->source, position, stored->cluster_id, &log,
                          &search->point.offset, &search->point.expects_last, &search->err);
}

// Judges what was told. Those whose logs lack what was read of them stay in the survey.
static void judge_all(struct start_finder *finder, struct survey *survey)
{
    struct start_search **searches = survey->searches;
    size_t count = survey->count;

    for (size_t i = 0; i < count; i++)
        searches[i]->rc = judge(finder, survey, i);
    survey->count = 0;
    for (size_t i = 0; i < count; i++)
        if (searches[i]->rc == FATAL)
            survey_add(survey, searches[i]);
}

static void fail(struct start_search *search, const struct err *err)
{
    search->err = *err;
    search->rc = (int)err->disposition;
}

static void look(struct start_finder *finder, struct survey *survey)
{
    struct err err;

    for (int times = 0; times < LOOKS && survey->count; times++) {
        if (!ask(finder, survey, &err)) {
            judge_all(finder, survey);
            continue;
        }
        for (size_t i = 0; i < survey->count; i++)
            fail(survey->searches[i], &err);
        return;
    }
}

static bool is_to_be_recorded(const struct start_search *search)
{
    return !search->rc && search->is_unrecorded;
}

// Of those found: what is not recorded yet.
static void record(struct start_finder *finder, struct start_search *searches, size_t count)
{
    struct position_begin *begins;
    size_t begin_count = 0;
    struct err err;
    int rc = DONE;

    for (size_t i = 0; i < count; i++)
        begin_count += is_to_be_recorded(&searches[i]);
    if (!begin_count)
        return;
    begins = calloc(begin_count, sizeof *begins);
    begin_count = 0;
    for (size_t i = 0; i < count && begins; i++)
        if (is_to_be_recorded(&searches[i]))
            begins[begin_count++] =
                (struct position_begin){searches[i].source, searches[i].point.position};
    rc = begins ? finder->positions.create(finder->positions.self, begins, begin_count,
                                           finder->cluster_id, &err)
                : err_no_memory(&err);
    for (size_t i = 0; i < count && rc; i++)
        if (is_to_be_recorded(&searches[i]))
            fail(&searches[i], &err);
    free(begins);
}

// A topic's partitions come together: a missing one is asked for once.
static void check_topics(struct start_finder *finder, struct start_search *searches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct start_search *before = i ? &searches[i - 1] : NULL;

        if (before && before->rc && slice_equal(before->source.topic, searches[i].source.topic))
            fail(&searches[i], &before->err);
        else
            searches[i].rc = check_topic(finder, searches[i].source.topic.data, &searches[i].err);
    }
}

void start_finder_find(struct start_finder *finder, struct start_search *searches, size_t count)
{
    struct survey survey;
    struct err err;
    int rc = survey_init(&survey, count) ? DONE : err_no_memory(&err);

    if (!rc)
        rc = learn_cluster(finder, &err);
    for (size_t i = 0; i < count && rc; i++)
        fail(&searches[i], &err);
    if (!rc) {
        check_topics(finder, searches, count);
        for (size_t i = 0; i < count; i++)
            if (!searches[i].rc)
                survey_add(&survey, &searches[i]);
        look(finder, &survey);
        record(finder, searches, count);
        finder->positions.rest(finder->positions.self);
    }
    survey_free(&survey);
}

void start_finder_check_topics(struct start_finder *finder, struct start_search *searches,
                               size_t count)
{
    struct slice topic = SLICE_NULL;
    struct topic_state state;
    struct err err;
    int rc = DONE;

    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(searches[i].source.topic, topic)) {
            topic = searches[i].source.topic;
            rc = judge_topic(finder, topic.data, &state, &err);
        }
        if (rc == FATAL)
            fail(&searches[i], &err);
    }
}

static int load(void *self, const struct source *sources, size_t count, struct stored_position *out,
                struct err *err)
{
    return position_store_load(self, sources, count, out, err);
}

static int create(void *self, const struct position_begin *begins, size_t count,
                  const char *cluster_id, struct err *err)
{
    return position_store_create(self, begins, count, cluster_id, err);
}

static void rest(void *self)
{
    position_store_rest(self);
}

struct position_keeper position_keeper(struct position_store *store)
{
    return (struct position_keeper){.self = store, .load = load, .create = create, .rest = rest};
}

void start_finder_close(struct start_finder *finder)
{
    free(finder->cluster_id);
    free(finder->checked_topic);
    finder->cluster_id = finder->checked_topic = NULL;
}
