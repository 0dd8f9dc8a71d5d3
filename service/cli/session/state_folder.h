// SPDX-License-Identifier: Apache-2.0
// Where sign-ins are kept: $XDG_STATE_HOME/jobtrail, or else ~/.local/state/jobtrail. It is its
// owner's alone, and so is what is in it: whatever others could have read or written is refused.
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"

// The path of a file in it, for whatever key (an address), whether or not it is there. FATAL
// (CONFIGURATION): no home is known, or the key is too long.
int state_path(const char *key, char out[PATH_MAX], struct err *err);
// How many files there are, and the path of one of them, "" of none.
int state_count(size_t *count, char one[PATH_MAX], struct err *err);
// Appends what the file has. *is_there: false, and nothing is wrong, where there is none. FATAL
// (CONFIGURATION) if others may read or write it, or it cannot be read.
int state_read(const char *path, struct buffer *out, bool *is_there, struct err *err);

// A file that takes the place of another one as a whole, or not at all.
struct state_writing {
    char path[PATH_MAX], beside[PATH_MAX];
    int fd; // -1: none is open
};

// Makes the folder if it is not there, and room for the new file: what fails for want of rights
// or of room fails here. FATAL (CONFIGURATION).
int state_write_begin(struct state_writing *writing, const char *path, struct err *err);
// FATAL (CONFIGURATION), and all is as it was.
int state_write_end(struct state_writing *writing, struct slice text, struct err *err);
// Leaves all as it was. After state_write_end it does nothing.
void state_write_cancel(struct state_writing *writing);
// Takes away what others may do with a file of ours and with the folder; without them nothing
// happens.
int state_make_private(const char *path, struct err *err);
int state_remove(const char *path, struct err *err);

// One process at a time: waits for the others, at most half a minute or until Ctrl-C. RETRY
// (BUSY, INTERRUPTED), FATAL (CONFIGURATION). The lock goes with the process.
int state_lock(int *lock, struct err *err);
void state_unlock(int lock);
