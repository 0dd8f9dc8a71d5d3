// SPDX-License-Identifier: Apache-2.0
#include "cli/api/token_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN_MAX_BYTES = 64 * 1024 };

static bool is_of_token(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("-._~+/=", byte));
}

int token_check(struct slice text, struct buffer *out, struct err *err)
{
    static const char around[] = " \t\r\n";

    while (text.size && memchr(around, *text.data, sizeof around - 1))
        text = (struct slice){text.data + 1, text.size - 1};
    while (text.size && memchr(around, text.data[text.size - 1], sizeof around - 1))
        text.size--;
    if (!text.size)
        return err_set(err, FATAL, "CONFIGURATION", "the token is empty");
    for (size_t i = 0; i < text.size; i++)
        if (!is_of_token(text.data[i]))
            return err_set(err, FATAL, "CONFIGURATION",
                           "the token has a character that no bearer token has: only the token "
                           "itself is wanted, without \"Bearer\" before it");
    buffer_append(out, text.data, text.size);
    return out->failed ? err_no_memory(err) : DONE;
}

int token_file_read(const char *path, struct buffer *out, struct err *err)
{
    char text[TOKEN_MAX_BYTES + 1];
    FILE *file = fopen(path, "re");
    size_t size = 0;
    int rc;

    if (file)
        size = fread(text, 1, sizeof text, file);
    if (!file || ferror(file))
        rc = err_set(err, FATAL, "CONFIGURATION", "cannot read the token's file %.200s: %s", path,
                     strerror(errno));
    else if (size == sizeof text)
        rc = err_set(err, FATAL, "CONFIGURATION", "%.200s: more than %d bytes are no token", path,
                     TOKEN_MAX_BYTES);
    else
        rc = token_check((struct slice){text, size}, out, err);
    explicit_bzero(text, size);
    if (file)
        fclose(file);
    return rc;
}
