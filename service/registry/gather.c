// SPDX-License-Identifier: Apache-2.0
#include "registry/gather.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/fetch.h"
#include "registry/answer.h"
#include "wire/schema.h"
#include "wire/schema_source.h"

enum { MESSAGE_BYTES = 256 };

struct gathering {
    struct registry_http *http;
    const struct gather_manner *manner;
    json_t *paths; // an object of those asked for: each is wanted once, also in a circle
    json_t *texts; // of schemas, in the order of their definition
    size_t bytes;
};

// It is us that a registry refuses so, whatever we ask for; any other refusal may be that of a name
// which no registry has, and must not hold a record for ever.
static bool is_about_us(long status)
{
    return status == 401 || status == 403 || status == 407;
}

// status: one that counts (registry/http.h), and is no success.
static int read_refusal(const char *path, long status, struct slice answer, struct err *err)
{
    char message[MESSAGE_BYTES];

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

    return schema_no_hope(err, "%s", why.text);
}

int gather_ask(struct registry_http *http, const char *path, struct buffer *answer, struct err *err)
{
    long status = 0;
    int rc = registry_http_ask(http, path, NULL, "SCHEMA_UNREACHABLE", &status, answer, err);

    if (rc && !strcmp(err->reason, FETCH_TOO_LARGE))
        return too_large(err);
    if (!rc && status >= 300)
        return read_refusal(path, status, buffer_slice(answer), err);
    return rc;
}

int gather_no_reference(struct err *err)
{
    return schema_no_hope(err, "the schema refers to others, and the schema registry does not say "
                               "to which");
}

static int ask_confluent(struct registry_http *http, const char *path, struct answered_schema *out,
                         struct err *err)
{
    struct buffer answer;
    int rc;

    buffer_init(&answer);
    rc = gather_ask(http, path, &answer, err);
    if (!rc)
        rc = answer_schema(buffer_slice(&answer), out, err);
    buffer_free(&answer);
    return rc;
}

static int confluent_path_of(const json_t *reference, struct buffer *path, struct err *err)
{
    const char *subject = json_string_value(json_object_get(reference, "subject"));
    const json_t *version = json_object_get(reference, "version");
    char *escaped;

    if (!subject || !json_is_integer(version))
        return gather_no_reference(err);
    escaped = fetch_escape(subject);
    if (escaped)
        buffer_append_format(path, "/subjects/%s/versions/%lld?deleted=true", escaped,
                             (long long)json_integer_value(version));
    free(escaped);
    return escaped ? DONE : err_no_memory(err);
}

const struct gather_manner confluent_manner = {ask_confluent, confluent_path_of};

static int gather(struct gathering *gathering, const char *path, int depth, struct err *err);

static int gather_reference(struct gathering *gathering, const json_t *reference, int depth,
                            struct err *err)
{
    struct buffer path;
    int rc;

    buffer_init(&path);
    rc = gathering->manner->path_of(reference, &path, err);
    buffer_append(&path, "", 1);
    if (!rc)
        rc = path.failed ? err_no_memory(err) : gather(gathering, path.data, depth, err);
    buffer_free(&path);
    return rc;
}

static int add_text(struct gathering *gathering, const char *text, struct err *err)
{
    gathering->bytes += strlen(text);
    if (gathering->bytes > REGISTRY_ANSWER_MAX_BYTES)
        return schema_no_hope(err, "the schema and those that it refers to have more than %d bytes",
                              REGISTRY_ANSWER_MAX_BYTES);
    return json_array_append_new(gathering->texts, json_string(text)) ? err_no_memory(err) : DONE;
}

static int gather(struct gathering *gathering, const char *path, int depth, struct err *err)
{
    struct answered_schema answered = {0};
    int rc;

    if (json_object_get(gathering->paths, path))
        return DONE;
    if (depth > GATHER_DEPTH_MAX || json_object_size(gathering->paths) >= GATHER_SCHEMAS_MAX)
        return schema_no_hope(err, "the schema refers to too many others");
    if (json_object_set_new(gathering->paths, path, json_true()))
        return err_no_memory(err);
    rc = gathering->manner->ask(gathering->http, path, &answered, err);
    for (size_t i = 0; !rc && i < json_array_size(answered.references); i++)
        rc = gather_reference(gathering, json_array_get(answered.references, i), depth + 1, err);
    if (!rc)
        rc = add_text(gathering, answered.text, err);
    answered_schema_free(&answered);
    return rc;
}

// The last text is the schema's own.
static char *write_texts(json_t *texts)
{
    size_t last = json_array_size(texts) - 1;
    json_t *own = json_incref(json_array_get(texts, last)), *root;
    char *json;

    if (!last) {
        json = strdup(json_string_value(own));
        json_decref(own);
        return json;
    }
    json_array_remove(texts, last);
    root = json_pack("{s:O,s:o}", SCHEMA_REFERENCES, texts, SCHEMA_ITSELF, own);
    json = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return json;
}

int gather_schema(struct registry_http *http, const struct gather_manner *manner, const char *path,
                  char **json, struct err *err)
{
    struct gathering gathering = {
        .http = http, .manner = manner, .paths = json_object(), .texts = json_array()};
    int rc =
        gathering.paths && gathering.texts ? gather(&gathering, path, 0, err) : err_no_memory(err);

    if (!rc && !(*json = write_texts(gathering.texts)))
        rc = err_no_memory(err);
    json_decref(gathering.texts);
    json_decref(gathering.paths);
    return rc;
}
