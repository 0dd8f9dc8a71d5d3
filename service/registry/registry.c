// SPDX-License-Identifier: Apache-2.0
// The registry as others see it: looks into the cache, then asks, then reads the answer.
#include "registry/registry.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "fetch/fetch.h"
#include "registry/answer.h"
#include "registry/cache.h"
#include "registry/http.h"

enum {
    PATH_BYTES = 80,
    MESSAGE_BYTES = 256,
    PATIENT_US = 500 * 1000, // what keeps us waiting longer is left alone afterwards
    REST_SHARE = 3,          // so many times as long
    REST_MAX_US = 15 * 1000 * 1000,
};

struct registry {
    struct registry_http *http;
    struct schema_cache *cache;
    int64_t unknown_ttl_us;

    pthread_mutex_t lock;   // of what follows
    int64_t rests_until_us; // nothing is asked before (monotonic)
    struct err why;
};

struct registry *registry_new(const struct registry_options *options, struct err *err)
{
    struct registry *registry = calloc(1, sizeof(*registry));

    if (!registry) {
        err_no_memory(err);
        return NULL;
    }
    pthread_mutex_init(&registry->lock, NULL);
    registry->unknown_ttl_us = options->unknown_ttl_ms * INT64_C(1000);
    registry->cache = schema_cache_new(SCHEMA_CACHE_MAX_BYTES);
    if (!registry->cache)
        err_no_memory(err);
    else
        registry->http = registry_http_new(options, err);
    if (!registry->http) {
        registry_free(registry);
        return NULL;
    }
    return registry;
}

void registry_free(struct registry *registry)
{
    if (!registry)
        return;
    registry_http_free(registry->http);
    schema_cache_free(registry->cache);
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}

static void make_path(const struct schema_name *name, char path[PATH_BYTES])
{
    char guid[UUID_TEXT_SIZE];
    struct uuid uuid;

    if (name->kind == SCHEMA_BY_ID) {
        snprintf(path, PATH_BYTES, "/schemas/ids/%" PRIu32, name->id);
        return;
    }
    memcpy(uuid.bytes, name->guid, sizeof(uuid.bytes));
    uuid_format(&uuid, guid);
    snprintf(path, PATH_BYTES, "/schemas/guids/%s", guid);
}

// It is us that a registry refuses so, whatever we ask for; any other refusal may be that of a name
// which no registry has, and must not hold a record for ever.
static bool is_about_us(long status)
{
    return status == 401 || status == 403 || status == 407;
}

// status: one that counts (registry/http.h).
static int read_schema(const char *path, long status, struct slice answer, char **json,
                       struct err *err)
{
    char message[MESSAGE_BYTES];

    if (status < 300)
        return answer_schema(answer, json, err);
    answer_message(answer, message, sizeof(message));
    if (status == 404)
        return err_set(err, RETRY, "SCHEMA_UNKNOWN", "the schema registry has no %s%s%s", path,
                       *message ? ": " : "", message);
    if (is_about_us(status))
        return err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                       "the schema registry refuses %s with status %ld: are the credentials "
                       "right?%s%s",
                       path, status, *message ? ": " : "", message);
    return err_set(err, RETRY, "SCHEMA_UNKNOWN",
                   "the schema registry refuses %s with status %ld%s%s", path, status,
                   *message ? ": " : "", message);
}

// Asking again would change nothing.
static int too_large(struct err *err)
{
    const struct err why = *err;

    return err_set(err, POISON, "SCHEMA_UNKNOWN", "%s", why.text);
}

static int ask(struct registry *registry, const struct schema_name *name, char **json,
               struct err *err)
{
    char path[PATH_BYTES];
    struct buffer answer;
    long status = 0;
    int rc;

    make_path(name, path);
    buffer_init(&answer);
    rc = registry_http_ask(registry->http, path, NULL, "SCHEMA_UNREACHABLE", &status, &answer, err);
    if (!rc)
        rc = read_schema(path, status, buffer_slice(&answer), json, err);
    else if (!strcmp(err->reason, FETCH_TOO_LARGE))
        rc = too_large(err);
    buffer_free(&answer);
    return rc;
}

static int unknown_fingerprint(const struct schema_name *name, struct err *err)
{
    char text[SCHEMA_NAME_TEXT_SIZE];

    schema_name_text(name, text);
    return err_set(err, POISON, "SCHEMA_UNKNOWN",
                   "a schema registry does not know fingerprints (here %s); see schema.directory",
                   text);
}

// Whoever asks waits for the answer: of a registry that keeps us waiting little is asked.
static bool is_resting(struct registry *registry, int64_t now_us, struct err *err)
{
    bool rests;

    pthread_mutex_lock(&registry->lock);
    rests = now_us < registry->rests_until_us;
    if (rests)
        *err = registry->why;
    pthread_mutex_unlock(&registry->lock);
    return rests;
}

static void rest(struct registry *registry, int64_t began_us, const struct err *why)
{
    int64_t now_us = clock_monotonic_us(), rest_us = (now_us - began_us) * REST_SHARE;

    if (now_us - began_us < PATIENT_US)
        return;
    pthread_mutex_lock(&registry->lock);
    registry->rests_until_us = now_us + (rest_us < REST_MAX_US ? rest_us : REST_MAX_US);
    registry->why = *why;
    pthread_mutex_unlock(&registry->lock);
}

static int fetch_schema(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct registry *registry = self;
    int64_t began_us = clock_monotonic_us();
    int rc;

    if (name->kind == SCHEMA_BY_FINGERPRINT)
        return unknown_fingerprint(name, err);
    switch (schema_cache_find(registry->cache, name, began_us, json, err)) {
    case CACHE_SCHEMA:
        return DONE;
    case CACHE_MISSING:
        return (int)err->disposition;
    case CACHE_NO_MEMORY:
        return err_no_memory(err);
    case CACHE_NOTHING:
        break;
    }
    if (is_resting(registry, began_us, err))
        return (int)err->disposition;
    rc = ask(registry, name, json, err);
    if (!rc)
        schema_cache_add(registry->cache, name, *json);
    else if (schema_is_unknown(err))
        schema_cache_add_missing(registry->cache, name,
                                 clock_monotonic_us() + registry->unknown_ttl_us, err);
    else if (!strcmp(err->reason, "SCHEMA_UNREACHABLE"))
        rest(registry, began_us, err);
    return rc;
}

struct schema_source registry_schema_source(struct registry *registry)
{
    return (struct schema_source){registry, fetch_schema};
}

static int read_id(const char *subject, long status, struct slice answer, uint32_t *id,
                   struct err *err)
{
    char message[MESSAGE_BYTES];

    if (status < 300)
        return answer_id(answer, id, err);
    answer_message(answer, message, sizeof(message));
    return err_set(err, FATAL, "REGISTRY_REFUSED",
                   "the schema registry refuses the schema for subject %.100s with status "
                   "%ld%s%s%s",
                   subject, status,
                   status == 401 || status == 403 ? ": are the credentials right?" : "",
                   *message ? ": " : "", message);
}

int registry_register(struct registry *registry, const char *subject, struct slice schema_json,
                      uint32_t *id, struct err *err)
{
    char *escaped = fetch_escape(subject);
    char *body = answer_registration(schema_json);
    struct buffer path, answer;
    long status = 0;
    int rc;

    buffer_init(&path);
    buffer_init(&answer);
    if (escaped)
        buffer_append_format(&path, "/subjects/%s/versions", escaped);
    buffer_append(&path, "", 1);
    if (!escaped || !body || path.failed)
        rc = err_no_memory(err);
    else
        rc = registry_http_ask(registry->http, path.data, body, "REGISTRY_UNREACHABLE", &status,
                               &answer, err);
    if (!rc)
        rc = read_id(subject, status, buffer_slice(&answer), id, err);
    buffer_free(&answer);
    buffer_free(&path);
    free(body);
    free(escaped);
    return rc;
}
