// SPDX-License-Identifier: Apache-2.0
#include "registry/apicurio.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/option_value.h"
#include "fetch/fetch.h"
#include "registry/gather.h"

enum { PATH_BYTES = 80, VERSION_BYTES = 3 };

#define CONTENT "/content"

// "/v2" or "/v3", at its end; '\0': neither.
static char version_of(struct slice url)
{
    url = slice_without_slashes(url);
    if (url.size < VERSION_BYTES || memcmp(url.data + url.size - VERSION_BYTES, "/v", 2) != 0)
        return '\0';
    return url.data[url.size - 1] == '2' || url.data[url.size - 1] == '3' ? url.data[url.size - 1]
                                                                          : '\0';
}

int apicurio_read(const struct registry_options *options, struct apicurio *out, struct err *err)
{
    const char *rest = options->url;
    char version, first = '\0';
    struct slice url;

    while (option_value_next(&rest, &url)) {
        version = version_of(url);
        if (!version || (first && version != first))
            return err_set(err, FATAL, "CONFIGURATION",
                           "schema.registry.kind=apicurio: each address of schema.registry.url is "
                           "that of Apicurio's own interface, and ends in /v2, or each in /v3 "
                           "(.../apis/registry/v3)");
        first = version;
    }
    *out = (struct apicurio){options->use_id, first == '3'};
    return DONE;
}

// The references stand beside the text: of a version (v3) where "/content" does.
static int ask_references(struct registry_http *http, const char *path, json_t **out,
                          struct err *err)
{
    size_t size = strlen(path);
    struct buffer url, answer;
    int rc;

    if (size > strlen(CONTENT) && !strcmp(path + size - strlen(CONTENT), CONTENT))
        size -= strlen(CONTENT);
    buffer_init(&url);
    buffer_init(&answer);
    buffer_append_format(&url, "%.*s/references", (int)size, path);
    buffer_append(&url, "", 1);
    rc = url.failed ? err_no_memory(err) : gather_ask(http, url.data, &answer, err);
    if (!rc)
        rc = answer_references(buffer_slice(&answer), out, err);
    buffer_free(&answer);
    buffer_free(&url);
    return rc;
}

static int ask(struct registry_http *http, const char *path, struct answered_schema *out,
               struct err *err)
{
    struct buffer answer;
    int rc;

    buffer_init(&answer);
    rc = gather_ask(http, path, &answer, err);
    if (!rc && (!answer.size || memchr(answer.data, '\0', answer.size)))
        rc = err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                     "the schema registry's answer is not a schema; is the URL right?");
    else if (!rc && !(out->text = strndup(answer.data, answer.size)))
        rc = err_no_memory(err);
    buffer_free(&answer);
    return rc ? rc : ask_references(http, path, &out->references, err);
}

static int path_of(const json_t *reference, bool is_v3, struct buffer *path, struct err *err)
{
    const char *group = json_string_value(json_object_get(reference, "groupId"));
    const char *artifact = json_string_value(json_object_get(reference, "artifactId"));
    const char *version = json_string_value(json_object_get(reference, "version"));
    char *parts[3] = {NULL};
    int rc = DONE;

    if (!artifact || !version)
        return gather_no_reference(err);
    parts[0] = fetch_escape(group ? group : "default");
    parts[1] = fetch_escape(artifact);
    parts[2] = fetch_escape(version);
    if (parts[0] && parts[1] && parts[2])
        buffer_append_format(path, "/groups/%s/artifacts/%s/versions/%s%s", parts[0], parts[1],
                             parts[2], is_v3 ? CONTENT : "");
    else
        rc = err_no_memory(err);
    for (size_t i = 0; i < 3; i++)
        free(parts[i]);
    return rc;
}

static int path_of_v2(const json_t *reference, struct buffer *path, struct err *err)
{
    return path_of(reference, false, path, err);
}

static int path_of_v3(const json_t *reference, struct buffer *path, struct err *err)
{
    return path_of(reference, true, path, err);
}

int apicurio_count(struct slice answer, size_t *count, struct err *err)
{
    json_t *root = json_loadb(answer.data ? answer.data : "", answer.size, 0, NULL);
    const json_t *value = json_object_get(root, "count");
    const json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

    json_decref(root);
    if (number < 0)
        return err_set(err, RETRY, "REGISTRY_UNREACHABLE",
                       "the schema registry's answer does not say how many artifacts it has; is "
                       "the URL right?");
    *count = (size_t)number;
    return DONE;
}

static int fetch_by(struct registry_http *http, bool is_v3, const char *kind, uint32_t id,
                    char **json, struct err *err)
{
    static const struct gather_manner v2 = {ask, path_of_v2}, v3 = {ask, path_of_v3};
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "/ids/%s/%" PRIu32, kind, id);
    return gather_schema(http, is_v3 ? &v3 : &v2, path, json, err);
}

static int disagree(uint32_t id, struct err *err)
{
    return schema_no_hope(err,
                          "the value names id %" PRIu32
                          ", which as a global id is not what it is as a content id: set "
                          "schema.registry.use-id to what the serializer has as "
                          "apicurio.registry.use-id (by itself globalId before 3.0, contentId "
                          "since)",
                          id);
}

// Read only if it makes no difference.
static int fetch_agreeing(struct registry_http *http, bool is_v3, uint32_t id, char **json,
                          struct err *err)
{
    char *by_global = NULL, *by_content = NULL;
    int global = fetch_by(http, is_v3, "globalIds", id, &by_global, err), content, rc;

    if (global && !schema_is_unknown(err))
        return global;
    content = fetch_by(http, is_v3, "contentIds", id, &by_content, err);
    if (content && (global || !schema_is_unknown(err)))
        rc = content;
    else if (global || content || strcmp(by_global, by_content) != 0)
        rc = disagree(id, err);
    else
        rc = DONE;
    *json = rc ? NULL : by_global;
    if (rc)
        free(by_global);
    free(by_content);
    return rc;
}

int apicurio_fetch(struct registry_http *http, const struct apicurio *apicurio,
                   const struct schema_name *name, char **json, struct err *err)
{
    if (name->kind == SCHEMA_BY_GLOBAL_ID ||
        (name->kind == SCHEMA_BY_ID && apicurio->use_id == USE_GLOBAL_ID))
        return fetch_by(http, apicurio->is_v3, "globalIds", name->id, json, err);
    if (name->kind == SCHEMA_BY_CONTENT_ID ||
        (name->kind == SCHEMA_BY_ID && apicurio->use_id == USE_CONTENT_ID))
        return fetch_by(http, apicurio->is_v3, "contentIds", name->id, json, err);
    return fetch_agreeing(http, apicurio->is_v3, name->id, json, err);
}
