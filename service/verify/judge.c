// SPDX-License-Identifier: Apache-2.0
#include "verify/judge.h"

#include "core/erasure.h"
#include "verify/row_parts.h"

// Fills out->stored unless the packed columns cannot be read.
static int unpack(const struct job_columns *stored, struct judgement *out, struct err *err)
{
    int rc = unpack_row(stored, &out->stored, err);

    return rc == FATAL ? DONE : rc;
}

// Whether its columns say what its packed state says: each follows from the other.
static int is_consistent(const struct job_columns *stored, const struct judgement *judgement,
                         struct arena *arena, bool *is, struct err *err)
{
    struct job_columns again;
    int rc = judgement->stored ? pack_row(judgement->stored, arena, &again, err) : DONE;

    *is = !rc && judgement->stored && row_columns_equal(stored, &again);
    return rc;
}

// Joins both: what the row must be at least.
static int join(const struct job_columns *stored, const struct row *folded, struct judgement *out,
                bool *is_news, struct err *err)
{
    int rc = unpack_row(stored, &out->joined, err);

    return rc ? rc : fold_join(out->joined, folded, is_news, err);
}

// Of a log that lacks events.
static int judge_part(const struct job_columns *stored, const struct row *folded,
                      struct arena *arena, struct judgement *out, struct err *err)
{
    bool is_right = false, is_news = false;
    int rc = is_consistent(stored, out, arena, &is_right, err);

    if (!rc && out->stored && folded)
        rc = join(stored, folded, out, &is_news, err);
    if (rc)
        return rc;
    out->verdict = is_right && !is_news ? ROW_HOLDS_MORE : ROW_DIFFERS;
    out->expected = out->joined ? out->joined : out->stored ? out->stored : folded;
    return DONE;
}

int judge_row(const struct job_columns *stored, const struct row *folded, bool has_all,
              struct arena *arena, struct judgement *out, struct err *err)
{
    int rc = DONE;

    *out = (struct judgement){.verdict = ROW_DIFFERS, .expected = folded};
    if (folded)
        rc = pack_row(folded, arena, &out->columns, err);
    if (!rc && folded && row_columns_equal(stored, &out->columns)) {
        out->verdict = ROW_SAME;
        return DONE;
    }
    if (!rc)
        rc = unpack(stored, out, err);
    if (!rc && !has_all)
        rc = judge_part(stored, folded, arena, out, err);
    if (!rc && out->expected && out->expected != folded)
        rc = pack_row(out->expected, arena, &out->columns, err);
    return rc;
}

// A row of our own from columns; NULL with DONE: they cannot be read.
static int unpack_own(const struct job_columns *columns, struct row **out, struct err *err)
{
    int rc;

    *out = NULL;
    rc = unpack_row(columns, out, err);
    return rc == FATAL ? DONE : rc;
}

static int copy_row(const struct row *row, struct arena *arena, struct row **out, struct err *err)
{
    struct job_columns columns;
    int rc = pack_row(row, arena, &columns, err);

    *out = NULL;
    return rc ? rc : unpack_row(&columns, out, err);
}

static int pack_again(const struct row *row, const struct job_columns *columns, struct arena *arena,
                      bool *is_same, struct err *err)
{
    struct job_columns again;
    int rc = pack_row(row, arena, &again, err);

    *is_same = !rc && row_columns_equal(columns, &again);
    return rc;
}

int judge_is_less(const struct job_columns *stored, const struct row *folded, struct arena *arena,
                  bool *is_less, struct err *err)
{
    struct row *kept = NULL, *all = NULL;
    bool is_news = false;
    int rc = unpack_own(stored, &kept, err);

    *is_less = false;
    if (!rc && kept)
        rc = pack_again(kept, stored, arena, is_less, err);
    if (!rc && *is_less)
        rc = copy_row(folded, arena, &all, err);
    if (!rc && *is_less)
        rc = fold_join(all, kept, &is_news, err);
    *is_less = !rc && *is_less && !is_news;
    row_free(kept);
    row_free(all);
    return rc;
}

int judge_is_erased(const struct job_columns *stored, const struct row *folded, struct arena *arena,
                    bool *is_erased, struct err *err)
{
    struct row *kept = NULL, *expected = NULL;
    struct job_columns columns;
    bool changed = false;
    int rc = unpack_own(stored, &kept, err);

    *is_erased = !rc && kept && row_is_erased(kept);
    if (*is_erased)
        rc = copy_row(folded, arena, &expected, err);
    if (*is_erased && !rc)
        rc = row_erase(kept, SLICE_NULL, &changed, err);
    if (*is_erased && !rc)
        rc = row_erase(expected, SLICE_NULL, &changed, err);
    if (*is_erased && !rc)
        rc = pack_row(kept, arena, &columns, err);
    if (*is_erased && !rc)
        rc = pack_again(expected, &columns, arena, is_erased, err);
    row_free(kept);
    row_free(expected);
    return rc;
}

void judgement_close(struct judgement *judgement)
{
    row_free(judgement->stored);
    row_free(judgement->joined);
    *judgement = (struct judgement){0};
}
