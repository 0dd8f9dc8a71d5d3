// SPDX-License-Identifier: Apache-2.0
#include "registry/asker.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/condition.h"

enum { KEPT_US = 5 * 1000 * 1000 }; // an answer that nobody came for

enum question_state { FREE, WAITS, UNDER_WAY, ANSWERED };

struct question {
    enum question_state state;
    struct schema_name name;
    unsigned char key[SCHEMA_NAME_KEY_BYTES];
    int64_t since_us; // it is in that state (monotonic)
    int waiting;      // for its answer
    int rc;           // ANSWERED, as what follows
    char *json;       // owned
    struct err err;
};

struct asker {
    struct schema_source source;
    pthread_t thread;

    pthread_mutex_t lock; // of what follows
    pthread_cond_t asked, answered;
    bool started, leaving;
    bool is_slow; // the last answer was late, or is
    struct question questions[ASKER_QUESTIONS_MAX];
};

struct asker *asker_new(const struct schema_source *source)
{
    struct asker *asker = calloc(1, sizeof *asker);

    if (!asker)
        return NULL;
    asker->source = *source;
    pthread_mutex_init(&asker->lock, NULL);
    condition_init(&asker->asked);
    condition_init(&asker->answered);
    return asker;
}

static void set_state(struct question *question, enum question_state state)
{
    question->state = state;
    question->since_us = clock_monotonic_us();
}

static void clear(struct question *question)
{
    free(question->json);
    *question = (struct question){.state = FREE};
}

void asker_free(struct asker *asker)
{
    if (!asker)
        return;
    pthread_mutex_lock(&asker->lock);
    asker->leaving = true;
    pthread_cond_signal(&asker->asked);
    pthread_mutex_unlock(&asker->lock);
    if (asker->started)
        pthread_join(asker->thread, NULL);
    for (size_t i = 0; i < ASKER_QUESTIONS_MAX; i++)
        clear(&asker->questions[i]);
    pthread_cond_destroy(&asker->answered);
    pthread_cond_destroy(&asker->asked);
    pthread_mutex_destroy(&asker->lock);
    free(asker);
}

static struct question *oldest_that_waits(struct asker *asker)
{
    struct question *oldest = NULL;

    for (size_t i = 0; i < ASKER_QUESTIONS_MAX; i++) {
        struct question *each = &asker->questions[i];

        if (each->state == WAITS && (!oldest || each->since_us < oldest->since_us))
            oldest = each;
    }
    return oldest;
}

// Under the lock, which is given up while the source is asked.
static void ask(struct asker *asker, struct question *question)
{
    const struct schema_name name = question->name;
    char *json = NULL;
    struct err err;
    int rc;

    set_state(question, UNDER_WAY);
    pthread_mutex_unlock(&asker->lock);
    rc = asker->source.fetch(asker->source.self, &name, &json, &err);
    pthread_mutex_lock(&asker->lock);
    asker->is_slow = clock_monotonic_us() - question->since_us >= ASKER_PATIENT_MS * INT64_C(1000);
    question->rc = rc;
    question->json = rc ? NULL : json;
    if (rc)
        question->err = err;
    set_state(question, ANSWERED);
    pthread_cond_broadcast(&asker->answered);
}

static void *run(void *argument)
{
    struct asker *asker = argument;

    pthread_mutex_lock(&asker->lock);
    while (!asker->leaving) {
        struct question *question = oldest_that_waits(asker);

        if (question)
            ask(asker, question);
        else
            pthread_cond_wait(&asker->asked, &asker->lock);
    }
    pthread_mutex_unlock(&asker->lock);
    return NULL;
}

static int start(struct asker *asker, struct err *err)
{
    if (!asker->started && pthread_create(&asker->thread, NULL, run, asker))
        return err_set(err, RETRY, "NO_THREAD", "the system gives no thread for the registry");
    asker->started = true;
    return DONE;
}

static bool is_stale(const struct question *question, int64_t now_us)
{
    return question->state == ANSWERED && !question->waiting &&
           now_us - question->since_us >= KEPT_US;
}

// The question for that schema, which may be a new one. NULL: too many are open.
static struct question *find(struct asker *asker, const struct schema_name *name)
{
    int64_t now_us = clock_monotonic_us();
    unsigned char key[SCHEMA_NAME_KEY_BYTES];
    struct question *made = NULL;

    schema_name_key(name, key);
    for (size_t i = 0; i < ASKER_QUESTIONS_MAX; i++) {
        struct question *each = &asker->questions[i];

        if (is_stale(each, now_us))
            clear(each);
        if (each->state == FREE)
            made = each;
        else if (!memcmp(each->key, key, sizeof key))
            return each;
    }
    if (!made)
        return NULL;
    made->name = *name;
    memcpy(made->key, key, sizeof key);
    set_state(made, WAITS);
    pthread_cond_signal(&asker->asked);
    return made;
}

// Of an answer that may be another's too.
static int take(struct question *question, char **json, struct err *err)
{
    int rc = question->rc;

    if (rc)
        *err = question->err;
    else if (!(*json = strdup(question->json)))
        rc = err_no_memory(err);
    return rc;
}

// Waits until it is answered, or for as long as one may.
static int wait_for(struct asker *asker, struct question *question, char **json, struct err *err)
{
    int64_t patient_us = asker->is_slow ? 0 : ASKER_PATIENT_MS * INT64_C(1000);
    int64_t until_us = question->since_us + patient_us;
    bool is_early = patient_us > 0;
    int rc;

    question->waiting++;
    while (question->state != ANSWERED && is_early)
        is_early = condition_wait_until(&asker->answered, &asker->lock, until_us);
    question->waiting--;
    if (question->state != ANSWERED) {
        asker->is_slow = true;
        return err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                       "the schema registry has not answered yet");
    }
    rc = take(question, json, err);
    if (!question->waiting)
        clear(question);
    return rc;
}

int asker_ask(struct asker *asker, const struct schema_name *name, char **json, struct err *err)
{
    struct question *question;
    int rc;

    pthread_mutex_lock(&asker->lock);
    rc = start(asker, err);
    question = rc ? NULL : find(asker, name);
    if (question)
        rc = wait_for(asker, question, json, err);
    else if (!rc)
        rc = err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                     "the schema registry is being asked for too many schemas");
    pthread_mutex_unlock(&asker->lock);
    return rc;
}
