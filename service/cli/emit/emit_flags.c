// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/emit_flags.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/utf8.h"

enum { FLUSH_TIMEOUT_MS = 30 * 1000 };

int emit_read_text(const struct arguments *arguments, const char *name, struct slice *out,
                   struct err *err)
{
    *out = slice_of(arguments_value(arguments, name));
    if (utf8_is_text(*out))
        return DONE;
    return err_set(err, FATAL, "USAGE", "--%s: not valid UTF-8", name);
}

int emit_read_id(const struct arguments *arguments, const char *name, struct uuid *out,
                 struct err *err)
{
    const char *text = arguments_value(arguments, name);
    unsigned char random[UUID_BYTES];

    if (!text) {
        random_bytes(random, sizeof random);
        *out = uuid_from_random(random);
        return DONE;
    }
    if (uuid_parse(slice_of(text), out))
        return DONE;
    return err_set(err, FATAL, "USAGE", "--%s: \"%.40s\": expected a UUID", name, text);
}

int emit_read_time(const struct arguments *arguments, const char *name, int64_t *out_us,
                   struct err *err)
{
    const char *text = arguments_value(arguments, name);

    *out_us = clock_now_us();
    if (!text || time_parse_us(slice_of(text), out_us))
        return DONE;
    return err_set(err, FATAL, "USAGE",
                   "--%s: \"%.40s\": expected a time like 2026-11-23T15:00:00Z", name, text);
}

static int print_delivery(const struct arguments *arguments, const struct emitter *emitter,
                          enum emitted kind, const struct output_column *columns,
                          const struct uuid *id, struct err *err)
{
    char text[UUID_TEXT_SIZE];
    struct output *output;
    int rc = output_new(arguments, OUTPUT_TABLE, columns, &output, err);

    if (rc)
        return rc;
    uuid_format(id, text);
    output_text(output, slice_of(text));
    output_text(output, slice_of(emitter_topic(emitter, kind)));
    output_integer(output, emitter_delivery(emitter, kind)->partition);
    output_integer(output, emitter_delivery(emitter, kind)->offset);
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

int emit_conclude(const struct arguments *arguments, struct emitter *emitter, enum emitted kind,
                  const struct output_column *columns, const struct uuid *id, struct err *err)
{
    int rc = emitter_flush(emitter, FLUSH_TIMEOUT_MS, err);

    if (!rc && emitter_delivery(emitter, kind)->failed) {
        *err = emitter_delivery(emitter, kind)->first_failure;
        return (int)err->disposition;
    }
    return rc ? rc : print_delivery(arguments, emitter, kind, columns, id, err);
}
