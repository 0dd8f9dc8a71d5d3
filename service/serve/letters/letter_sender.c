// SPDX-License-Identifier: Apache-2.0
#include "serve/letters/letter_sender.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "kafka/inspector.h"
#include "kafka/producer.h"
#include "serve/letters/letter_decode.h"

enum {
    BATCH = 200, // sent, and waited for together
    TOPIC_MS = 10 * 1000,
    QUEUE_FULL_MS = 500,
};

enum fate { ON_ITS_WAY, DELIVERED, UNDELIVERED };

struct sent_letter {
    int64_t id;
    enum fate fate;
    struct err why; // of UNDELIVERED
};

struct letter_sender {
    struct letter_sender_options options;
    struct letter_decoder *decoder;
    struct producer *producer;
    struct letter_box *box;
    struct arena arena; // texts of the event at hand
    bool *stamped;      // owned; of each of topic.events: it has the broker's timestamps
    struct sent_letter batch[BATCH];
    struct letter_sender_counts counts;
    int rc; // of the visit under way
    struct err err;
};

static bool is_stopped(const struct letter_sender *sender)
{
    return sender->options.is_stopped && sender->options.is_stopped();
}

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct sent_letter *letter = tag;

    (void)self, (void)partition, (void)offset;
    letter->fate = err ? UNDELIVERED : DELIVERED;
    if (err)
        letter->why = *err;
}

static void tell_kept(struct letter_sender *sender, int64_t id, const struct err *why)
{
    sender->counts.kept++;
    sender->options.kept(sender->options.self, id, why);
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
static int judge(struct letter_sender *sender, const struct kept_dead_letter *letter,
                 struct err *err)
{
    const size_t place = place_of(sender->options.config, topic_of(letter));
    struct event event;
    int rc;

    if (slice_equal(topic_of(letter), slice_of(sender->options.config->cancel_request_topic)))
        return err_set(err, FATAL, "CANCEL_REQUEST",
                       "a cancel request is not sent again, for its moment is over and its "
                       "credentials were not kept: whoever wants it asks anew");
    if (!sender->options.config->event_topics[place])
        return err_set(err, FATAL, "OTHER_TOPIC", "its topic is not among topic.events");
    rc = letter_decode_event(sender->decoder, letter, &event, err);
    if (!rc) // by the moment at which it will be taken in
        rc = event_check(&event, sender->stamped[place] ? clock_now_us() : TIME_NONE,
                         &sender->arena, err);
    arena_reset(&sender->arena);
    return rc;
}

// A queue that is full empties by itself.
static int send_one(struct letter_sender *sender, const struct kept_dead_letter *letter,
                    const char *topic, struct err *err)
{
    struct sent_letter *sent = &sender->batch[sender->counts.under_way];
    const struct producer_record record = {.topic = topic,
                                           .partition = -1,
                                           .key = letter->key,
                                           .value = letter->value,
                                           .headers = letter->headers,
                                           .header_count = letter->header_count,
                                           .tag = sent};
    int rc;

    *sent = (struct sent_letter){.id = letter->id};
    while ((rc = producer_send(sender->producer, &record, err)) == RETRY &&
           !strcmp(err->reason, "QUEUE_FULL") && !is_stopped(sender))
        if (producer_poll(sender->producer, QUEUE_FULL_MS, err) == FATAL)
            return FATAL;
    if (!rc)
        sender->counts.under_way++;
    return rc;
}

static void visit(void *self, const struct kept_dead_letter *letter)
{
    struct letter_sender *sender = self;
    const struct slice name = topic_of(letter);
    char *topic = strndup(name.data, name.size);
    struct err err;

    if (!topic)
        sender->rc = err_no_memory(&sender->err);
    else if (judge(sender, letter, &err))
        tell_kept(sender, letter->id, &err);
    else
        sender->rc = send_one(sender, letter, topic, &sender->err);
    free(topic);
}

// What was delivered is a letter no more.
int letter_sender_settle(struct letter_sender *sender, struct err *err)
{
    int64_t delivered[BATCH];
    size_t count = 0;
    struct err unremoved; // then they are sent once more, which does no harm
    int flushed = producer_flush(sender->producer, sender->options.deliver_ms, err), rc;

    for (size_t i = 0; i < sender->counts.under_way; i++) {
        struct sent_letter *letter = &sender->batch[i];

        if (letter->fate == DELIVERED)
            delivered[count++] = letter->id;
        else if (letter->fate == UNDELIVERED)
            tell_kept(sender, letter->id, &letter->why);
    }
    sender->counts.under_way = 0;
    sender->counts.sent += count;
    rc = letter_box_remove(sender->box, delivered, count, flushed ? &unremoved : err);
    return flushed ? flushed : rc;
}

int letter_sender_next(struct letter_sender *sender, bool *found, struct err *err)
{
    const struct dead_letters_visitor visitor = {sender, visit};
    int rc = letter_box_next(sender->box, &visitor, found, err);

    if (!rc && sender->rc) {
        *err = sender->err;
        rc = sender->rc;
    }
    if (!rc && sender->counts.under_way == BATCH)
        rc = letter_sender_settle(sender, err);
    return rc;
}

struct letter_sender_counts letter_sender_counts(const struct letter_sender *sender)
{
    return sender->counts;
}

static int learn_topics(struct letter_sender *sender, struct err *err)
{
    const struct config *config = sender->options.config;
    struct inspector *inspector = NULL;
    int rc = inspector_new(config->kafka, config->kafka_count, &inspector, err);
    size_t count = 0;

    while (config->event_topics[count])
        count++;
    sender->stamped = calloc(count + 1, sizeof *sender->stamped);
    if (!rc && !sender->stamped)
        rc = err_no_memory(err);
    for (size_t i = 0; !rc && i < count; i++) {
        struct topic_state state;

        rc = inspector_topic_state(inspector, config->event_topics[i], TOPIC_MS, &state, err);
        sender->stamped[i] = !rc && state.stamped_by_broker;
    }
    inspector_free(inspector);
    return rc;
}

static int open_all(struct letter_sender *sender, int64_t *count, struct err *err)
{
    const struct config *config = sender->options.config;
    int rc = config_require_kafka(config, err);

    if (!rc)
        rc = learn_topics(sender, err);
    if (!rc)
        rc = letter_decoder_new(config, sender->options.is_stopped, &sender->decoder, err);
    if (!rc)
        rc = producer_new(config->kafka, config->kafka_count, on_report, sender, &sender->producer,
                          err);
    if (!rc)
        rc = letter_box_open(config->postgres_conninfo, &sender->options.choice, &sender->box,
                             count, err);
    return rc;
}

int letter_sender_open(const struct letter_sender_options *options, struct letter_sender **out,
                       int64_t *count, struct err *err)
{
    struct letter_sender *sender = calloc(1, sizeof *sender);
    int rc;

    if (!sender)
        return err_no_memory(err);
    sender->options = *options;
    arena_init(&sender->arena);
    rc = open_all(sender, count, err);
    if (rc)
        letter_sender_close(sender);
    else
        *out = sender;
    return rc;
}

void letter_sender_close(struct letter_sender *sender)
{
    if (!sender)
        return;
    if (sender->producer)
        producer_free(sender->producer);
    letter_decoder_free(sender->decoder);
    letter_box_close(sender->box);
    arena_reset(&sender->arena);
    free(sender->stamped);
    free(sender);
}
