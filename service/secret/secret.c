// SPDX-License-Identifier: Apache-2.0
#include "secret/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/command.h"

enum { ROOM = SECRET_MAX_BYTES + 1 };

static int read_file(const char *path, char *room, size_t *size, struct err *err)
{
    FILE *file = fopen(path, "re");
    int rc = DONE;

    *size = file ? fread(room, 1, ROOM, file) : 0;
    if (!file || ferror(file))
        rc = err_set(err, RETRY, "SECRET_UNREADABLE", "cannot read \"%.200s\": %s", path,
                     strerror(errno));
    if (file)
        fclose(file);
    return rc;
}

// Whoever writes a file anew leaves it empty for a moment: that is no secret.
static int take(const char *room, size_t size, struct buffer *out, struct err *err)
{
    if (size && room[size - 1] == '\n')
        size--;
    if (size && room[size - 1] == '\r')
        size--;
    if (!size)
        return err_set(err, RETRY, "SECRET_UNREADABLE", "it is empty");
    if (size > SECRET_MAX_BYTES || memchr(room, '\0', size))
        return err_set(err, RETRY, "SECRET_UNREADABLE", "it is not a text of at most %d bytes",
                       SECRET_MAX_BYTES);
    buffer_append(out, room, size);
    buffer_append(out, "", 1);
    if (out->failed)
        return err_no_memory(err);
    out->size--;
    return DONE;
}

static int name_source(const struct secret_source *source, int rc, struct err *err)
{
    const struct err why = *err;

    if (rc && strcmp(why.reason, "SECRET_UNREADABLE") == 0)
        err_set(err, RETRY, "SECRET_UNREADABLE", "%s.%s: %.400s", source->option,
                source->file ? "file" : "command", why.text);
    return rc;
}

int secret_read(const struct secret_source *source, struct buffer *out, struct err *err)
{
    char *room = malloc(ROOM);
    size_t size = 0;
    int rc;

    if (!room)
        return err_no_memory(err);
    rc = source->file ? read_file(source->file, room, &size, err)
                      : command_run(source->command, SECRET_COMMAND_MS, room, ROOM, &size, err);
    if (!rc)
        rc = take(room, size, out, err);
    explicit_bzero(room, ROOM);
    free(room);
    return name_source(source, rc, err);
}

void secret_wipe(struct buffer *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->size);
    buffer_free(secret);
}
