// SPDX-License-Identifier: Apache-2.0
// Ctrl-C, as a question a loop can ask. The second one ends the program at once.
#pragma once

#include <stdbool.h>

void interrupt_watch(void);
bool interrupt_seen(void);
