// SPDX-License-Identifier: Apache-2.0
// A descriptor by which other threads wake one that polls (an eventfd).
#pragma once

// To be closed by close(). -1: the system gives none.
int wake_open(void);
// It is readable from now on. Any thread.
void wake_up(int fd);
// It is not readable any more until somebody wakes again.
void wake_clear(int fd);
