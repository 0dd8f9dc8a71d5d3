// SPDX-License-Identifier: Apache-2.0
// The registry as others see it: looks into the cache, then asks, then reads the answer.
#include "registry/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "fetch/fetch.h"
#include "registry/answer.h"
#include "registry/apicurio.h"
#include "registry/asker.h"
#include "registry/cache.h"
#include "registry/gather.h"
#include "registry/http.h"

enum { PATH_BYTES = 80, MESSAGE_BYTES = 256 };

struct registry {
    struct registry_http *http;
    struct schema_cache *cache;
    struct asker *asker;
    int64_t unknown_ttl_us;
    enum registry_kind kind;
    struct apicurio apicurio; // of that kind
};

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

// The registry that is configured has none of that kind.
static int other_kind(const struct schema_name *name, struct err *err)
{
    char text[SCHEMA_NAME_TEXT_SIZE];

    schema_name_text(name, text);
    return schema_no_hope(err, "the schema registry that is configured is not asked for a %s",
                          text);
}

static bool can_ask(const struct registry *registry, const struct schema_name *name)
{
    if (registry->kind == REGISTRY_APICURIO)
        return schema_name_is_number(name);
    return name->kind == SCHEMA_BY_ID || name->kind == SCHEMA_BY_GUID;
}

static int unknown_fingerprint(const struct schema_name *name, struct err *err)
{
    char text[SCHEMA_NAME_TEXT_SIZE];

    schema_name_text(name, text);
    return schema_no_hope(
        err, "a schema registry does not know fingerprints (here %s); see schema.directory", text);
}

// On the asker's thread.
static int ask_and_remember(void *self, const struct schema_name *name, char **json,
                            struct err *err)
{
    struct registry *registry = self;
    char path[PATH_BYTES];
    int rc;

    if (registry->kind == REGISTRY_APICURIO) {
        rc = apicurio_fetch(registry->http, &registry->apicurio, name, json, err);
    } else {
        make_path(name, path);
        rc = gather_schema(registry->http, &confluent_manner, path, json, err);
    }
    if (!rc)
        schema_cache_add(registry->cache, name, *json);
    else if (schema_is_unknown(err))
        schema_cache_add_missing(registry->cache, name,
                                 clock_monotonic_us() + registry->unknown_ttl_us, err);
    return rc;
}

static int make_parts(struct registry *registry, const struct registry_options *options,
                      struct err *err)
{
    const struct schema_source source = {registry, ask_and_remember};

    registry->kind = options->kind;
    if (registry->kind == REGISTRY_APICURIO && apicurio_read(options, &registry->apicurio, err))
        return (int)err->disposition;
    registry->unknown_ttl_us = options->unknown_ttl_ms * INT64_C(1000);
    registry->cache = schema_cache_new(SCHEMA_CACHE_MAX_BYTES);
    registry->asker = asker_new(&source);
    if (!registry->cache || !registry->asker)
        return err_no_memory(err);
    registry->http = registry_http_new(options, err);
    return registry->http ? DONE : (int)err->disposition;
}

bool registry_takes_ours(const struct registry_options *options)
{
    return options->url && options->kind == REGISTRY_CONFLUENT;
}

bool registry_looks_like_apicurio(const struct registry_options *options)
{
    return registry_takes_ours(options) && strstr(options->url, "/apis/ccompat");
}

struct registry *registry_new(const struct registry_options *options, struct err *err)
{
    struct registry *registry = calloc(1, sizeof(*registry));

    if (!registry) {
        err_no_memory(err);
        return NULL;
    }
    if (make_parts(registry, options, err)) {
        registry_free(registry);
        return NULL;
    }
    return registry;
}

void registry_free(struct registry *registry)
{
    if (!registry)
        return;
    if (registry->http)
        registry_http_give_up(registry->http);
    asker_free(registry->asker);
    registry_http_free(registry->http);
    schema_cache_free(registry->cache);
    free(registry);
}

static int fetch_schema(void *self, const struct schema_name *name, char **json, struct err *err)
{
    struct registry *registry = self;

    if (name->kind == SCHEMA_BY_FINGERPRINT)
        return unknown_fingerprint(name, err);
    if (!can_ask(registry, name))
        return other_kind(name, err);
    switch (schema_cache_find(registry->cache, name, clock_monotonic_us(), json, err)) {
    case CACHE_SCHEMA:
        return DONE;
    case CACHE_MISSING:
        return (int)err->disposition;
    case CACHE_NO_MEMORY:
        return err_no_memory(err);
    case CACHE_NOTHING:
        break;
    }
    return asker_ask(registry->asker, name, json, err);
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

static const char *subjects_path(const struct registry *registry)
{
    return registry->kind == REGISTRY_APICURIO ? "/search/artifacts?limit=1" : "/subjects";
}

// Of Apicurio the list of artifacts, at most one of which we want to see.
static int answer_count_of(const struct registry *registry, struct slice answer, size_t *count,
                           struct err *err)
{
    return registry->kind == REGISTRY_APICURIO ? apicurio_count(answer, count, err)
                                               : answer_count(answer, count, err);
}

int registry_count_subjects(struct registry *registry, size_t *count, struct err *err)
{
    struct buffer answer;
    long status = 0;
    int rc;

    buffer_init(&answer);
    rc = registry_http_ask(registry->http, subjects_path(registry), NULL, "REGISTRY_UNREACHABLE",
                           &status, &answer, err);
    if (!rc && status >= 300)
        rc = err_set(err, FATAL, "REGISTRY_REFUSED",
                     "the schema registry answers a question for its subjects with status %ld%s",
                     status, status == 401 || status == 403 ? ": are the credentials right?" : "");
    if (!rc)
        rc = answer_count_of(registry, buffer_slice(&answer), count, err);
    buffer_free(&answer);
    return rc;
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
