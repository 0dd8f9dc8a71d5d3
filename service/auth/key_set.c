// SPDX-License-Identifier: Apache-2.0
// An address is read by a thread of the set's own: it may be silent for as long as the time limit,
// and whoever has a key that is known does not wait for it.
#include "auth/key_set.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"

#define LOOK_EVERY_US    (1 * US_PER_SECOND)  // at a file; for keys never read, at an address
#define UNKNOWN_EVERY_US (1 * US_PER_SECOND)  // for a key that is not known
#define FAILED_EVERY_US  (10 * US_PER_SECOND) // after a refresh that failed
#define NEWER_WAIT_US    (1 * US_PER_SECOND)  // for a key that is not known, at most

struct key_set {
    struct key_source *source;
    int64_t refresh_us;
    int64_t (*monotonic_us)(void *self);
    void *self;
    pthread_t reader;      // of an address
    pthread_mutex_t lock;  // guards all below
    pthread_cond_t wanted; // a reading is, or the reader is to end
    pthread_cond_t done;   // a reading has ended
    bool is_reading;       // or is about to
    bool is_awaited;       // by somebody whose key is not known
    bool is_ending;
    struct keys *keys;     // NULL: never read
    struct file_mark mark; // of the file when keys were read
    int64_t look_again_us; // not before, unless a key is not known
    int64_t asked_us;      // when a reading began last; TIME_NONE: never
    struct err failure;    // of the last reading, while keys is NULL
};

static int64_t machine_clock(void *self)
{
    (void)self;
    return clock_monotonic_us();
}

static bool same_mark(const struct file_mark *a, const struct file_mark *b)
{
    return a->size == b->size && a->inode == b->inode && a->modified_ns == b->modified_ns;
}

// With the lock; gives what was read to everybody.
static void keep(struct key_set *set, struct keys *keys, const struct file_mark *mark)
{
    if (!keys_count(keys))
        log_warn("auth", "the key set has no usable key: no token will be accepted");
    else
        log_info("auth", "key set read", LOG_INT("keys", keys_count(keys)));
    keys_let_go(set->keys);
    set->keys = keys;
    set->mark = *mark;
}

// With the lock, which is open while the source is read. The file is marked before it is read, so
// that a change meanwhile is seen the next time.
static void read_now(struct key_set *set)
{
    bool is_file = key_source_is_file(set->source);
    struct file_mark mark = {0};
    struct keys *keys = NULL;
    struct err err;
    int rc = 0;

    pthread_mutex_unlock(&set->lock);
    if (is_file)
        mark = key_source_mark(set->source);
    rc = key_source_read(set->source, &keys, &err);
    pthread_mutex_lock(&set->lock);
    if (!rc) {
        keep(set, keys, &mark);
    } else {
        log_warn("auth", "cannot read the key set", LOG_ERR(&err));
        set->failure = err;
    }
    if (is_file || !set->keys)
        set->look_again_us = set->asked_us + LOOK_EVERY_US;
    else
        set->look_again_us =
            set->asked_us +
            (rc && set->refresh_us > FAILED_EVERY_US ? FAILED_EVERY_US : set->refresh_us);
    set->is_reading = false;
    pthread_cond_broadcast(&set->done);
}

static void *read_on(void *self)
{
    struct key_set *set = self;

    pthread_mutex_lock(&set->lock);
    while (!set->is_ending)
        if (set->is_reading)
            read_now(set);
        else
            pthread_cond_wait(&set->wanted, &set->lock);
    pthread_mutex_unlock(&set->lock);
    return NULL;
}

static void release(struct key_set *set)
{
    keys_let_go(set->keys);
    key_source_free(set->source);
    pthread_cond_destroy(&set->done);
    pthread_cond_destroy(&set->wanted);
    pthread_mutex_destroy(&set->lock);
    free(set);
}

int key_set_new(const struct key_set_options *options, struct key_set **out, struct err *err)
{
    struct key_set *set = calloc(1, sizeof *set);
    int rc;

    if (!set)
        return err_no_memory(err);
    rc = key_source_new(&options->source, &set->source, err);
    if (rc) {
        free(set);
        return rc;
    }
    set->refresh_us = options->refresh_ms * INT64_C(1000);
    set->monotonic_us = options->monotonic_us ? options->monotonic_us : machine_clock;
    set->self = options->self;
    set->look_again_us = INT64_MIN;
    set->asked_us = TIME_NONE;
    pthread_mutex_init(&set->lock, NULL);
    condition_init(&set->wanted);
    condition_init(&set->done);
    if (!key_source_is_file(set->source) && pthread_create(&set->reader, NULL, read_on, set))
        rc = err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the key set");
    if (rc)
        release(set);
    else
        *out = set;
    return rc;
}

void key_set_free(struct key_set *set)
{
    if (!set)
        return;
    if (!key_source_is_file(set->source)) {
        pthread_mutex_lock(&set->lock);
        set->is_ending = true;
        pthread_cond_signal(&set->wanted);
        pthread_mutex_unlock(&set->lock);
        pthread_join(set->reader, NULL);
    }
    release(set);
}

// With the lock. Whether it is time to read; looks at the file.
static bool is_stale(struct key_set *set)
{
    int64_t now_us = set->monotonic_us(set->self);
    struct file_mark mark;

    if (now_us < set->look_again_us)
        return false;
    if (!key_source_is_file(set->source) || !set->keys)
        return true;
    set->look_again_us = now_us + LOOK_EVERY_US;
    mark = key_source_mark(set->source);
    return !same_mark(&mark, &set->mark);
}

// With the lock. A file is there at once.
static void begin_reading(struct key_set *set)
{
    set->is_reading = true;
    set->asked_us = set->monotonic_us(set->self);
    if (key_source_is_file(set->source))
        read_now(set);
    else
        pthread_cond_signal(&set->wanted);
}

int key_set_take(struct key_set *set, struct keys **out, struct err *err)
{
    int rc = 0;

    pthread_mutex_lock(&set->lock);
    if (!set->is_reading && is_stale(set))
        begin_reading(set);
    while (set->is_reading && !set->keys)
        pthread_cond_wait(&set->done, &set->lock);
    if (set->keys) {
        *out = keys_hold(set->keys);
    } else if (set->failure.disposition == RETRY) {
        *err = set->failure;
        rc = RETRY;
    } else { // what is there cannot be read: to whoever verifies, as if it were away
        rc = err_set(err, RETRY, "KEY_SET_UNREACHABLE", "the key set: %.400s", set->failure.text);
    }
    pthread_mutex_unlock(&set->lock);
    return rc;
}

// With the lock. One alone waits, and not for long: a stranger's key is worth no more.
static void await_newer(struct key_set *set)
{
    const int64_t until_us = clock_monotonic_us() + NEWER_WAIT_US;

    set->is_awaited = true;
    while (set->is_reading && condition_wait_until(&set->done, &set->lock, until_us))
        ;
    set->is_awaited = false;
}

struct keys *key_set_take_newer(struct key_set *set, struct keys *seen, bool *is_asked)
{
    struct keys *keys;

    pthread_mutex_lock(&set->lock);
    if (!set->is_reading && set->keys == seen &&
        set->monotonic_us(set->self) >= set->asked_us + UNKNOWN_EVERY_US)
        begin_reading(set);
    if (set->is_reading && !set->is_awaited)
        await_newer(set);
    *is_asked = set->is_reading;
    keys = keys_hold(set->keys);
    pthread_mutex_unlock(&set->lock);
    return keys;
}
