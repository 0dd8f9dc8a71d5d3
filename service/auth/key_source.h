// SPDX-License-Identifier: Apache-2.0
// Where a key set comes from: a file or an address. Reads it; when to read is key_set.h's matter.
// Thread-safe.
#pragma once

#include "auth/keys.h"

struct key_source;

struct key_source_options {
    const char *location; // an http or https URL, or a file's path
    const char *ca_file;  // PEM to trust for the URL; NULL: the system's
    int timeout_ms;       // of one fetch
};

// Strings are copied. FATAL with reason CONFIGURATION (plain http to anywhere but this machine),
// BAD_URL or BAD_CA_FILE; RETRY without memory.
int key_source_new(const struct key_source_options *options, struct key_source **out,
                   struct err *err);
void key_source_free(struct key_source *source);

bool key_source_is_file(const struct key_source *source);

// What tells one state of a file from another. All zero: not there.
struct file_mark {
    int64_t size, inode, modified_ns;
};
struct file_mark key_source_mark(const struct key_source *source);

// Slow for a URL. 0 with one hold on the keys; RETRY, with KEY_SET_UNREACHABLE or without memory;
// POISON (KEY_SET_MALFORMED).
int key_source_read(struct key_source *source, struct keys **out, struct err *err);
