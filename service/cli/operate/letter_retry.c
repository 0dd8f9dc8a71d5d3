// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/letter_retry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/operate/letter_choice.h"
#include "cli/operate/letter_decode.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "kafka/inspector.h"
#include "kafka/producer.h"

enum {
    BATCH = 200, // sent, and waited for together
    FLUSH_MS = 30 * 1000,
    TOPIC_MS = 10 * 1000,
    QUEUE_FULL_MS = 500,
};

enum fate { ON_ITS_WAY, DELIVERED, UNDELIVERED };

struct sent_letter {
    int64_t id;
    enum fate fate;
    struct err why; // of UNDELIVERED
};

struct retry {
    const struct config *config;
    struct letter_decoder *decoder;
    struct producer *producer;
    struct letter_box *box;
    struct output *output; // a row for each that is kept
    struct arena arena;    // texts of the event at hand
    bool *stamped;         // owned; of each of topic.events: it has the broker's timestamps
    struct sent_letter batch[BATCH];
    size_t in_batch;
    uint64_t sent, kept;
    int rc; // of the visit under way
    struct err err;
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct sent_letter *letter = tag;

    (void)self, (void)partition, (void)offset;
    letter->fate = err ? UNDELIVERED : DELIVERED;
    if (err)
        letter->why = *err;
}

static void tell_kept(struct retry *retry, int64_t id, const struct err *why)
{
    retry->kept++;
    output_integer(retry->output, id);
    output_text(retry->output, slice_of(why->reason));
    output_text(retry->output, slice_of(why->text));
}

// The place of a topic among topic.events; that behind the last: none.
static size_t place_of(const struct config *config, struct slice topic)
{
    size_t place = 0;

    while (config->event_topics[place] &&
           !slice_equal(topic, slice_of(config->event_topics[place])))
        place++;
    return place;
}

// Of a log that its topic has no longer, the letter says "TOPIC until TIME"; no topic's name has a
// blank.
static struct slice topic_of(const struct kept_dead_letter *letter)
{
    struct slice topic = letter->source.topic;
    const char *blank = topic.size ? memchr(topic.data, ' ', topic.size) : NULL;

    if (blank)
        topic.size = (size_t)(blank - topic.data);
    return topic;
}

// Whether the record would be taken now: DONE, or why not.
static int judge(struct retry *retry, const struct kept_dead_letter *letter, struct err *err)
{
    const size_t place = place_of(retry->config, topic_of(letter));
    struct event event;
    int rc;

    if (slice_equal(topic_of(letter), slice_of(retry->config->cancel_request_topic)))
        return err_set(err, FATAL, "CANCEL_REQUEST",
                       "a cancel request is not sent again, for its moment is over and its "
                       "credentials were not kept: whoever wants it asks anew");
    if (!retry->config->event_topics[place])
        return err_set(err, FATAL, "OTHER_TOPIC", "its topic is not among topic.events");
    rc = letter_decode_event(retry->decoder, letter, &event, err);
    if (!rc) // by the moment at which it will be taken in
        rc = event_check(&event, retry->stamped[place] ? clock_now_us() : TIME_NONE, &retry->arena,
                         err);
    arena_reset(&retry->arena);
    return rc;
}

// A queue that is full empties by itself.
static int send_one(struct retry *retry, const struct kept_dead_letter *letter, const char *topic,
                    struct err *err)
{
    struct sent_letter *sent = &retry->batch[retry->in_batch];
    const struct producer_record record = {.topic = topic,
                                           .partition = -1,
                                           .key = letter->key,
                                           .value = letter->value,
                                           .headers = letter->headers,
                                           .header_count = letter->header_count,
                                           .tag = sent};
    int rc;

    *sent = (struct sent_letter){.id = letter->id};
    while ((rc = producer_send(retry->producer, &record, err)) == RETRY &&
           !strcmp(err->reason, "QUEUE_FULL") && !interrupt_seen())
        if (producer_poll(retry->producer, QUEUE_FULL_MS, err) == FATAL)
            return FATAL;
    if (!rc)
        retry->in_batch++;
    return rc;
}

static void visit(void *self, const struct kept_dead_letter *letter)
{
    struct retry *retry = self;
    const struct slice name = topic_of(letter);
    char *topic = strndup(name.data, name.size);
    struct err err;

    if (!topic)
        retry->rc = err_no_memory(&retry->err);
    else if (judge(retry, letter, &err))
        tell_kept(retry, letter->id, &err);
    else
        retry->rc = send_one(retry, letter, topic, &retry->err);
    free(topic);
}

// What was delivered is a letter no more.
static int settle(struct retry *retry, struct err *err)
{
    int64_t delivered[BATCH];
    size_t count = 0;
    struct err unremoved; // then they are sent once more, which does no harm
    int flushed = producer_flush(retry->producer, FLUSH_MS, err), rc;

    for (size_t i = 0; i < retry->in_batch; i++) {
        struct sent_letter *letter = &retry->batch[i];

        if (letter->fate == DELIVERED)
            delivered[count++] = letter->id;
        else if (letter->fate == UNDELIVERED)
            tell_kept(retry, letter->id, &letter->why);
    }
    retry->in_batch = 0;
    retry->sent += count;
    rc = letter_box_remove(retry->box, delivered, count, flushed ? &unremoved : err);
    return flushed ? flushed : rc;
}

static int go_through(struct retry *retry, int64_t count, struct err *err)
{
    const struct dead_letters_visitor visitor = {retry, visit};
    struct progress progress;
    bool found = true;
    int rc = DONE, settled;

    progress_begin(&progress, "letters", (uint64_t)count, clock_monotonic_us());
    while (!rc && found && !interrupt_seen()) {
        rc = letter_box_next(retry->box, &visitor, &found, err);
        if (!rc && retry->rc) {
            *err = retry->err;
            rc = retry->rc;
        }
        if (!rc && retry->in_batch == BATCH)
            rc = settle(retry, err);
        progress_show(&progress, retry->sent + retry->in_batch + retry->kept, retry->sent,
                      clock_monotonic_us());
    }
    settled = rc ? DONE : settle(retry, err);
    progress_end(&progress, retry->sent + retry->kept, retry->sent, clock_monotonic_us());
    return rc ? rc : settled;
}

static int learn_topics(struct retry *retry, struct err *err)
{
    const struct config *config = retry->config;
    struct inspector *inspector = NULL;
    int rc = inspector_new(config->kafka, config->kafka_count, &inspector, err);
    size_t count = 0;

    while (config->event_topics[count])
        count++;
    retry->stamped = calloc(count + 1, sizeof *retry->stamped);
    if (!rc && !retry->stamped)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < count; i++) {
        struct topic_state state;

        rc = inspector_topic_state(inspector, config->event_topics[i], TOPIC_MS, &state, err);
        retry->stamped[i] = !rc && state.stamped_by_broker;
    }
    inspector_free(inspector);
    return rc;
}

static int open_all(struct retry *retry, const struct chosen_letters *chosen, int64_t *count,
                    struct err *err)
{
    const struct config *config = retry->config;
    int rc = config_require_kafka(config, err);

    if (!rc)
        rc = learn_topics(retry, err);
    if (!rc)
        rc = letter_decoder_new(config, &retry->decoder, err);
    if (!rc)
        rc = producer_new(config->kafka, config->kafka_count, on_report, retry, &retry->producer,
                          err);
    if (!rc)
        rc = letter_box_open(config->postgres_conninfo, &chosen->choice, &retry->box, count, err);
    return rc;
}

static void close_all(struct retry *retry)
{
    if (retry->producer)
        producer_free(retry->producer);
    letter_decoder_free(retry->decoder);
    letter_box_close(retry->box);
    output_free(retry->output);
    arena_reset(&retry->arena);
    free(retry->stamped);
}

static int sum_up(struct retry *retry, struct err *err)
{
    int rc = DONE;

    if (retry->kept || output_is_json(retry->output))
        rc = output_print(retry->output, err);
    fflush(stdout);
    fprintf(stderr, "jobtrail: %llu sent again and removed, %llu kept\n",
            (unsigned long long)retry->sent, (unsigned long long)retry->kept);
    if (!rc && interrupt_seen())
        rc = err_set(err, RETRY, "INTERRUPTED", "interrupted: run it again for the others");
    if (!rc && retry->kept)
        rc = err_set(err, FATAL, "KEPT", "%llu letters cannot be understood yet, as told above",
                     (unsigned long long)retry->kept);
    return rc;
}

int letter_retry(const struct invocation *invocation, struct err *err)
{
    static const char *const columns[] = {"id", "reason", "message", NULL};
    struct retry retry = {.config = invocation->config};
    struct chosen_letters chosen;
    int64_t count = 0;
    int rc = letter_choice_read(invocation->arguments, &chosen, err);

    arena_init(&retry.arena);
    if (!rc)
        rc = output_new(invocation->arguments, columns, &retry.output, err);
    if (!rc)
        rc = open_all(&retry, &chosen, &count, err);
    if (!rc) {
        interrupt_watch();
        rc = go_through(&retry, count, err);
    }
    if (!rc)
        rc = sum_up(&retry, err);
    close_all(&retry);
    return rc;
}
