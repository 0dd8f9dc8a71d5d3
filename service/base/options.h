// SPDX-License-Identifier: Apache-2.0
// Configuration by one table: each option's name, type, bounds, default and prose. The table
// makes parsing, help, the reference in the manual and a sample file (base/options_text.h).
//
// Sources are read in the order in which the functions below are called; a later one wins. Every
// value is checked when it is set, and what is wrong is told with where it was read. All errors
// are FATAL with reason CONFIGURATION, or RETRY without memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/secret_source.h"

enum option_type {
    OPTION_TEXT,     // bounds: of its length in bytes
    OPTION_INTEGER,  // bounds: of its value
    OPTION_DURATION, // "200ms", "10s", "5m", "2h", "7d"; kept, and bounded, in milliseconds
    OPTION_BYTES,    // "512", "64KiB", "16MiB", "1GiB"; kept, and bounded, in bytes
    OPTION_CHOICE,   // one of choices
    OPTION_LIST,     // separated by commas; bounds: of the number of parts
    OPTION_LISTEN,   // "host:port", "[::1]:port"; port 0: any free one
};

struct option {
    const char *name;
    enum option_type type;
    bool secret; // never printed; may be given by NAME.file or NAME.command
    int64_t least, most;
    const char *const *choices; // OPTION_CHOICE: NULL-terminated
    const char *fallback;       // the default, as it would be written; NULL: none
    const char *prose;          // one or two plain sentences
};

// Names with this prefix go to somebody else as they are; only their secrets are known here.
struct option_family {
    const char *prefix;   // with its dot, "kafka."
    char environment_dot; // what '_' in an environment variable's name stands for behind the prefix
    const char *const *secret_words; // NULL-terminated; a name that contains one is secret
    const char *prose;
};

struct options_table {
    const struct option *options;
    size_t count;
    const struct option_family *families;
    size_t family_count;
    // Reads what NAME.file or NAME.command leads to (secret/secret.h); appends it NUL-terminated.
    int (*read_secret)(const struct secret_source *source, struct buffer *out, struct err *err);
};

struct options;

// The table is borrowed for the options' life.
int options_new(const struct options_table *table, struct options **out, struct err *err);
void options_free(struct options *options);

// Lines of "name = value"; a comment is a line of its own that begins with # or ;. What could be
// misread is refused: sections, continued lines, comments behind a value, a name set twice.
int options_read_file(struct options *options, const char *path, struct err *err);
// Variables that begin with JOBTRAIL_ (upper case, '.' and '-' as '_'). environment is environ.
int options_read_environment(struct options *options, char *const *environment, struct err *err);
// "name=value", as --set takes it.
int options_read_assignment(struct options *options, const char *assignment, struct err *err);
// One value. origin says where it was read, for messages.
int options_set(struct options *options, const char *name, const char *value, const char *origin,
                struct err *err);

// The value that holds, or the default, or NULL. Borrowed until the options are freed or set.
// The name must be in the table, or, for options_text, in a family.
const char *options_text(const struct options *options, const char *name);
// OPTION_INTEGER, OPTION_DURATION, OPTION_BYTES; 0 without value and default.
int64_t options_integer(const struct options *options, const char *name);
// Place in choices; 0 without value and default.
size_t options_choice(const struct options *options, const char *name);

struct option_value {
    const char *name, *value, *origin;
    bool secret;
    struct secret_source source; // of a secret that was read from there; it can be read again
};
// The values set, in order of setting; false past the last one.
bool options_value_at(const struct options *options, size_t place, struct option_value *out);
const struct options_table *options_table(const struct options *options);
