// SPDX-License-Identifier: Apache-2.0
// How the answers of this folder's questions for dead letters are read.
#pragma once

#include <libpq-fe.h>

#include "store/operator/dead_letters.h"

// Visits the letter in the first row of an answer like that of dead_letter_show, with its headers.
// RETRY without memory.
int dead_letter_visit(const PGresult *letter, const PGresult *headers,
                      const struct dead_letters_visitor *visitor, struct err *err);
