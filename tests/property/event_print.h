// SPDX-License-Identifier: Apache-2.0
// Events, columns and history as lines for a person who looks at a failed property.
#pragma once

#include <stdio.h>

#include "property/naive_fold.h"

void print_event(FILE *to, const struct event *event);
void print_columns(FILE *to, const struct job_columns *columns);
void print_entry(FILE *to, const struct history_entry *entry);
