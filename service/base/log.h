// SPDX-License-Identifier: Apache-2.0
// Structured logs on standard error: a line an event, logfmt or JSON. Every line carries who
// speaks. Thread-safe; a line is written by one write(2). Never fails: a line that cannot be
// written is lost.
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

// The last is no level of a line: as the least, it leaves out all.
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NOTHING };
enum log_format { LOG_LOGFMT, LOG_JSON };

enum log_kind { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_INTEGER, LOG_FIELD_SECONDS };

struct log_field {
    enum log_kind kind;
    const char *name; // lower_snake_case
    struct slice text;
    int64_t integer;
    double seconds;
};

#define LOG_TEXT(field, value)                                                                     \
    ((struct log_field){.kind = LOG_FIELD_TEXT, .name = (field), .text = slice_of(value)})
#define LOG_SLICE(field, value)                                                                    \
    ((struct log_field){.kind = LOG_FIELD_TEXT, .name = (field), .text = (value)})
#define LOG_INT(field, value)                                                                      \
    ((struct log_field){.kind = LOG_FIELD_INTEGER, .name = (field), .integer = (int64_t)(value)})
#define LOG_SECONDS(field, value)                                                                  \
    ((struct log_field){.kind = LOG_FIELD_SECONDS, .name = (field), .seconds = (value)})
// The three fields of an error: disposition, reason, text.
#define LOG_ERR(err)                                                                               \
    LOG_TEXT("disposition", disposition_name((err)->disposition)),                                 \
        LOG_TEXT("reason", (err)->reason), LOG_TEXT("error", (err)->text)

// Set once, before threads are started. identity names the process on every line (copied, at most
// 63 bytes kept).
void log_setup(enum log_format format, enum log_level least, const char *identity);

// Where lines go instead, with what log_emit was given.
struct log_target {
    // NULL: nowhere
    void (*write)(void *self, enum log_level level, const char *who, const char *message,
                  const struct log_field *fields);
    void *self;
};
// What the calling thread logs goes to target from now on, until it is NULL again. Borrowed.
void log_divert(const struct log_target *target);
// That of the calling thread, or NULL.
const struct log_target *log_diverted(void);

// who: the part that speaks, like "worker-2". message: a short constant phrase.
// fields end with kind LOG_FIELD_END. Values are escaped; long ones are cut at 2 KiB.
void log_emit(enum log_level level, const char *who, const char *message,
              const struct log_field *fields);

#define LOG_AT(level, who, message, ...)                                                           \
    log_emit(level, who, message,                                                                  \
             (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){.kind = LOG_FIELD_END}})
#define log_debug(who, ...) LOG_AT(LOG_DEBUG, who, __VA_ARGS__)
#define log_info(who, ...)  LOG_AT(LOG_INFO, who, __VA_ARGS__)
#define log_warn(who, ...)  LOG_AT(LOG_WARN, who, __VA_ARGS__)
#define log_error(who, ...) LOG_AT(LOG_ERROR, who, __VA_ARGS__)
