// SPDX-License-Identifier: Apache-2.0
#include "page/page_files.h"

#include <jansson.h>
#include <stdlib.h>

#include "embedded_page.h"
#include "http/encoding.h"
#include "page/page_index.h"
#include "page/page_policy.h"
#include "page/page_source.h"

static const char index_name[] = "index.html";

// The build takes no other endings (CMakeLists.txt).
const char *page_media_type(const char *name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
    };
    const char *ending = strrchr(name, '.');

    for (size_t i = 0; ending && i < sizeof types / sizeof *types; i++)
        if (!strcmp(ending, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

static int put_text(json_t *object, const char *name, const char *text)
{
    return json_object_set_new(object, name, text ? json_string(text) : json_null());
}

// By role, the highest first: what tokens call it. NULL without memory.
static json_t *role_names(const struct identity_claims *claims)
{
    json_t *json = json_object();
    int failed = 0;

    for (enum role role = ROLES - 1; role > ROLE_NONE; role--) {
        json_t *names = json_array();

        for (const char *const *name = claims->role_names[role]; name && *name; name++)
            failed |= json_array_append_new(names, json_string(*name));
        failed |= json_object_set_new(json, role_name(role), names);
    }
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

// What "jobtrail login" is told, which asks for what renews its session if it is not told a scope.
static json_t *login_settings(const struct page_options *options)
{
    const char *client_id =
        options->login_client_id ? options->login_client_id : options->client_id;
    const char *issuer = options->login_issuer ? options->login_issuer : options->issuer;
    json_t *json = json_object();

    if (!put_text(json, "issuer", client_id ? issuer : NULL) &&
        !put_text(json, "clientId", client_id) && !put_text(json, "scope", options->login_scope))
        return json;
    json_decref(json);
    return NULL;
}

static int make_settings(const struct page_options *options, struct buffer *out, struct err *err)
{
    json_t *json = json_object(), *claims = json_object();
    char *text = NULL;
    bool failed =
        put_text(claims, "organization", options->claims.organization) ||
        put_text(claims, "role", options->claims.role) ||
        put_text(claims, "member", options->claims.member) ||
        json_object_set_new(claims, "roleNames", role_names(&options->claims)) ||
        json_object_set_new(json, "login", login_settings(options)) ||
        put_text(json, "issuer", options->client_id ? options->issuer : NULL) ||
        put_text(json, "clientId", options->client_id) || put_text(json, "scope", options->scope) ||
        json_object_set_new(json, "sharesRedirect", json_boolean(options->shares_redirect)) ||
        json_object_set(json, "claims", claims);

    if (!failed)
        text = json_dumps(json, JSON_COMPACT);
    if (text)
        buffer_append_text(out, text);
    free(text);
    json_decref(claims);
    json_decref(json);
    return text && !out->failed ? DONE : err_no_memory(err);
}

// Keeps the compressed file if it is worth it.
static void compress(struct page_file *file)
{
    struct buffer *compressed = &file->compressed;

    buffer_append(compressed, file->plain.data, file->plain.size);
    if (file->plain.size <= ENCODING_WORTH_BYTES || compressed->failed ||
        !encoding_gzip(compressed, ENCODING_SMALLEST) || compressed->size >= file->plain.size)
        buffer_free(compressed);
}

// Leaves out comments and indentation. Without memory for that the file stays as it is.
static void leave_out(struct page_file *file)
{
    if (strncmp(file->media_type, "text/javascript", 15) != 0 &&
        strncmp(file->media_type, "text/css", 8) != 0)
        return;
    page_source(file->plain, &file->source);
    if (file->source.failed)
        buffer_free(&file->source);
    else
        file->plain = buffer_slice(&file->source);
}

static void add(struct page_files *files, struct slice name, struct slice plain)
{
    struct page_file *file = &files->files[files->count++];

    *file =
        (struct page_file){.name = name, .plain = plain, .media_type = page_media_type(name.data)};
    leave_out(file);
    entity_tag(file->plain, file->tag);
    compress(file);
}

// Adds all files but index.html, which names the version, a hash of all others.
static void add_files(struct page_files *files)
{
    for (size_t i = 0; i < embedded_page_count; i++)
        if (strcmp(embedded_page[i].name, index_name) != 0)
            add(files, slice_of(embedded_page[i].name), embedded_slice(&embedded_page[i]));
    add(files, SLICE_LITERAL("settings.json"), buffer_slice(&files->settings));
}

static int add_index(struct page_files *files, struct err *err)
{
    const struct embedded_file *index =
        embedded_find(embedded_page, embedded_page_count, index_name);
    struct buffer tags = {0};
    char tag[ENTITY_TAG_SIZE];

    buffer_append(&tags, index->begin, (size_t)(index->end - index->begin));
    for (size_t i = 0; i < files->count; i++) {
        buffer_append(&tags, files->files[i].name.data, files->files[i].name.size + 1);
        buffer_append_text(&tags, files->files[i].tag);
    }
    if (!tags.failed) {
        entity_tag(buffer_slice(&tags), tag);
        memcpy(files->version, tag + strlen("W/\""), sizeof files->version - 1);
        page_index(embedded_slice(index), embedded_page, embedded_page_count, files->version,
                   &files->index);
    }
    if (tags.failed || files->index.failed) {
        buffer_free(&tags);
        return err_no_memory(err);
    }
    buffer_free(&tags);
    add(files, slice_of(index_name), buffer_slice(&files->index));
    return DONE;
}

int page_files_new(const struct page_options *options, struct page_files **out, struct err *err)
{
    struct page_files *files = calloc(1, sizeof *files);
    int rc;

    if (!files)
        return err_no_memory(err);
    files->files = calloc(embedded_page_count + 1, sizeof *files->files);
    rc = files->files ? page_policy(options, &files->policy, err) : err_no_memory(err);
    if (!rc)
        rc = make_settings(options, &files->settings, err);
    if (!rc) {
        add_files(files);
        rc = add_index(files, err);
    }
    if (rc)
        page_files_free(files);
    else
        *out = files;
    return rc;
}

void page_files_free(struct page_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++) {
        buffer_free(&files->files[i].source);
        buffer_free(&files->files[i].compressed);
    }
    buffer_free(&files->index);
    buffer_free(&files->settings);
    buffer_free(&files->policy);
    free(files->files);
    free(files);
}

const struct page_file *page_files_find(const struct page_files *files, struct slice name)
{
    for (size_t i = 0; i < files->count; i++)
        if (slice_equal(files->files[i].name, name))
            return &files->files[i];
    return NULL;
}
