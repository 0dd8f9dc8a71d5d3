// SPDX-License-Identifier: Apache-2.0
#include "store/connection/password.h"

#include <string.h>

#include "secret/secret.h"

static const char by_file[] = "password_file='", by_command[] = "password_command='";

static void append_quoted(struct buffer *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            buffer_append(out, "\\", 1);
        buffer_append(out, value, 1);
    }
}

void password_append_source(const struct secret_source *source, struct buffer *out)
{
    buffer_append_text(out, source->file ? by_file : by_command);
    append_quoted(out, source->file ? source->file : source->command);
    buffer_append_text(out, "'");
}

static const char *value_of(const char *conninfo)
{
    if (!strncmp(conninfo, by_file, sizeof by_file - 1))
        return conninfo + sizeof by_file - 1;
    if (!strncmp(conninfo, by_command, sizeof by_command - 1))
        return conninfo + sizeof by_command - 1;
    return NULL;
}

// The quoted value into out, if it is not NULL; returns what follows the quote.
static const char *read_quoted(const char *value, struct buffer *out)
{
    for (; *value && *value != '\''; value++) {
        if (*value == '\\' && value[1])
            value++;
        if (out)
            buffer_append(out, value, 1);
    }
    return *value ? value + 1 : value;
}

const char *password_skip_source(const char *conninfo)
{
    const char *value = value_of(conninfo);

    return value ? read_quoted(value, NULL) : conninfo;
}

int password_read(const char *conninfo, struct buffer *password, bool *is_renewed, struct err *err)
{
    const char *value = value_of(conninfo);
    struct secret_source source = {.option = "postgres.password"};
    struct buffer place;
    int rc;

    *is_renewed = value != NULL;
    if (!value)
        return DONE;
    buffer_init(&place);
    read_quoted(value, &place);
    buffer_append(&place, "", 1);
    if (!strncmp(conninfo, by_file, sizeof by_file - 1))
        source.file = place.data;
    else
        source.command = place.data;
    rc = place.failed ? err_no_memory(err) : secret_read(&source, password, err);
    buffer_free(&place);
    return rc;
}
