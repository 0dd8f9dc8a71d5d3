// SPDX-License-Identifier: Apache-2.0
#include "auth/key_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/fetch.h"

#define UNREACHABLE "KEY_SET_UNREACHABLE"

enum { HTTP_OK = 200, CHUNK_BYTES = 16384 };

struct key_source {
    char *location;
    struct fetcher *fetcher; // NULL: a file
};

static int open_url(struct key_source *source, const struct key_source_options *options,
                    struct err *err)
{
    static const char *const headers[] = {"Accept: application/jwk-set+json, application/json",
                                          NULL};
    struct fetch_options fetch_options = {.who = "key set",
                                          .ca_file = options->ca_file,
                                          .headers = headers,
                                          .timeout_ms = options->timeout_ms,
                                          .most_bytes = KEYS_TEXT_MAX_BYTES};
    struct fetch_url url;
    int rc = fetch_url_read(source->location, "auth.jwks: the URL", &url, err);

    if (rc)
        return rc;
    if (!url.is_https && !url.is_loopback)
        return err_set(err, FATAL, "CONFIGURATION",
                       "auth.jwks: http:// is allowed to this machine only, for whoever stands in "
                       "between could hand out keys of theirs; use https://");
    source->fetcher = fetcher_new(&fetch_options, err);
    return source->fetcher ? 0 : (int)err->disposition;
}

int key_source_new(const struct key_source_options *options, struct key_source **out,
                   struct err *err)
{
    struct key_source *source = calloc(1, sizeof *source);
    int rc = 0;

    if (!source)
        return err_no_memory(err);
    source->location = strdup(options->location);
    if (!source->location)
        rc = err_no_memory(err);
    else if (strstr(source->location, "://"))
        rc = open_url(source, options, err);
    if (rc)
        key_source_free(source);
    else
        *out = source;
    return rc;
}

void key_source_free(struct key_source *source)
{
    if (!source)
        return;
    fetcher_free(source->fetcher);
    free(source->location);
    free(source);
}

bool key_source_is_file(const struct key_source *source)
{
    return !source->fetcher;
}

struct file_mark key_source_mark(const struct key_source *source)
{
    struct stat state;

    if (stat(source->location, &state))
        return (struct file_mark){0};
    return (struct file_mark){.size = (int64_t)state.st_size,
                              .inode = (int64_t)state.st_ino,
                              .modified_ns = state.st_mtim.tv_sec * INT64_C(1000000000) +
                                             state.st_mtim.tv_nsec};
}

static int read_file(const struct key_source *source, struct buffer *text, struct err *err)
{
    int fd = open(source->location, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char chunk[CHUNK_BYTES];
    ssize_t got = -1;
    int rc = 0;

    if (fd < 0)
        return err_set(err, RETRY, UNREACHABLE, "key set %s: %s", source->location,
                       strerror(errno));
    while (text->size <= KEYS_TEXT_MAX_BYTES && (got = read(fd, chunk, sizeof chunk)) > 0)
        buffer_append(text, chunk, (size_t)got);
    if (text->failed)
        rc = err_no_memory(err);
    else if (text->size > KEYS_TEXT_MAX_BYTES)
        rc = err_set(err, RETRY, UNREACHABLE, "key set %s: more than %d bytes", source->location,
                     KEYS_TEXT_MAX_BYTES);
    else if (got < 0)
        rc = err_set(err, RETRY, UNREACHABLE, "key set %s: %s", source->location, strerror(errno));
    close(fd);
    return rc;
}

static int read_url(struct key_source *source, struct buffer *text, struct err *err)
{
    struct fetch_request request = {
        .url = source->location, .shown = source->location, .reason = UNREACHABLE};
    long status = 0;
    int rc = fetch(source->fetcher, &request, &status, text, err);

    if (rc == RETRY && !strcmp(err->reason, FETCH_TOO_LARGE))
        err->reason = UNREACHABLE;
    if (!rc && status != HTTP_OK)
        return err_set(err, RETRY, UNREACHABLE, "key set %s: answers with status %ld%s",
                       source->location, status,
                       status >= 300 && status < 400 ? ", and redirects are not followed" : "");
    return rc;
}

int key_source_read(struct key_source *source, struct keys **out, struct err *err)
{
    struct buffer text = {0};
    int rc = source->fetcher ? read_url(source, &text, err) : read_file(source, &text, err);

    if (!rc)
        rc = keys_read(buffer_slice(&text), out, err);
    buffer_free(&text);
    return rc;
}
