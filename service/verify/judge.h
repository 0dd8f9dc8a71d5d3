// SPDX-License-Identifier: Apache-2.0
// Holds a stored row against what its events fold to. A row is a join of a semilattice: from a log
// that lacks events, too, follows what the row must hold at least.
#pragma once

#include "core/fold.h"
#include "core/pack.h"

enum verdict {
    ROW_SAME,
    ROW_HOLDS_MORE, // all that the events say; what it has besides cannot be judged
    ROW_DIFFERS,
};

struct judgement {
    enum verdict verdict;
    struct row *stored;         // owned; NULL: it cannot be unpacked
    struct row *joined;         // owned; NULL: the folded row is what is expected
    const struct row *expected; // ROW_DIFFERS: what it should be; NULL: not there at all
    struct job_columns columns; // ROW_DIFFERS: of expected
};

// folded may be NULL: no event of it was read. has_all: no event can be missing from what was
// folded. The judgement borrows from folded and the arena; judgement_close in any case. DONE, or
// RETRY without memory.
int judge_row(const struct job_columns *stored, const struct row *folded, bool has_all,
              struct arena *arena, struct judgement *out, struct err *err);
// Whether a row that differs holds nothing but what its events say, only less; it is then as one
// that left and began anew. *is_less. DONE, or RETRY without memory.
int judge_is_less(const struct job_columns *stored, const struct row *folded, struct arena *arena,
                  bool *is_less, struct err *err);
// Whether a row that differs names an erased creator, and is the same but for creators. *is_erased.
int judge_is_erased(const struct job_columns *stored, const struct row *folded, struct arena *arena,
                    bool *is_erased, struct err *err);
void judgement_close(struct judgement *judgement);
