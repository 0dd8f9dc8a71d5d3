// SPDX-License-Identifier: Apache-2.0
// Any bytes as a configuration file. What is accepted must be what a person reads there: each
// value kept is held against the line that it says it comes from, taken apart by plainer means.
#define _GNU_SOURCE 1 // memfd_create
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/options.h"
#include "base/options_text.h"
#include "fuzz/fuzz_target.h"

static const char *const choices[] = {"red", "green", NULL};
static const char *const no_words[] = {NULL};
static const struct option table_options[] = {
    {.name = "size", .type = OPTION_INTEGER, .least = -5, .most = 99, .prose = "S."},
    {.name = "wait", .type = OPTION_DURATION, .most = 86400000, .prose = "W."},
    {.name = "room", .type = OPTION_BYTES, .most = 1 << 30, .prose = "R."},
    {.name = "colour", .type = OPTION_CHOICE, .choices = choices, .prose = "C."},
    {.name = "names", .type = OPTION_LIST, .most = 4, .prose = "N."},
    {.name = "at", .type = OPTION_LISTEN, .prose = "A."},
    {.name = "text", .type = OPTION_TEXT, .most = 100000, .prose = "T."},
};
// No secrets here: NAME.file would open what the input names, NAME.command run it.
static const struct option_family family = {
    .prefix = "kafka.", .environment_dot = '.', .secret_words = no_words, .prose = "K."};
static const struct options_table table = {table_options, 7, &family, 1, NULL};

static struct slice line_at(const uint8_t *data, size_t size, unsigned long number)
{
    struct slice rest = {(const char *)data, size};

    for (;;) {
        const char *end = memchr(rest.data, '\n', rest.size);
        size_t length = end ? (size_t)(end - rest.data) : rest.size;

        if (!--number)
            return (struct slice){rest.data, length};
        MUST(end != NULL);
        rest = (struct slice){end + 1, rest.size - length - 1};
    }
}

static struct slice trimmed(struct slice text)
{
    static const char blanks[] = " \t\r\v\f";

    while (text.size && memchr(blanks, text.data[0], sizeof blanks - 1))
        text = (struct slice){text.data + 1, text.size - 1};
    while (text.size && memchr(blanks, text.data[text.size - 1], sizeof blanks - 1))
        text.size--;
    return text;
}

static void check_value(const struct option_value *value, const uint8_t *data, size_t size)
{
    const char *colon = strrchr(value->origin, ':');
    struct slice line = line_at(data, size, strtoul(colon + 1, NULL, 10));
    const char *equals;

    if (line.data == (const char *)data && line.size >= 3 && !memcmp(line.data, "\xef\xbb\xbf", 3))
        line = (struct slice){line.data + 3, line.size - 3};
    equals = memchr(line.data, '=', line.size);
    MUST(equals != NULL);
    MUST(slice_equal(trimmed((struct slice){line.data, (size_t)(equals - line.data)}),
                     slice_of(value->name)));
    MUST(slice_equal(
        trimmed((struct slice){equals + 1, line.size - (size_t)(equals - line.data) - 1}),
        slice_of(value->value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("configuration", 0);
    struct options *options = NULL;
    struct option_value value;
    struct buffer out;
    struct err err;
    char path[64];

    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    MUST(!options_new(&table, &options, &err));
    if (options_read_file(options, path, &err)) {
        MUST(err.disposition == FATAL);
        MUST(!strncmp(err.text, path, strlen(path)));
    } else {
        buffer_init(&out);
        for (size_t i = 0; options_value_at(options, i, &value); i++)
            check_value(&value, data, size);
        options_write_effective(options, &out);
        buffer_free(&out);
    }
    options_free(options);
    close(fd);
    return 0;
}
