// SPDX-License-Identifier: Apache-2.0
#include "core/erasure.h"

int erasure_digest(struct slice salt, struct slice organization_id, struct slice member_id,
                   unsigned char out[DIGEST_BYTES], struct err *err)
{
    const struct slice parts[] = {salt, organization_id, member_id};

    return digest_of(parts, sizeof parts / sizeof *parts, out) ? DONE : err_no_memory(err);
}

int erasures_apply(const struct erasures *erasures, struct event *event, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    struct slice salt = SLICE_NULL;

    if (event->kind != JOB_CREATED || !event->creator_id.data)
        return DONE;
    for (size_t i = 0; i < erasures->count; i++) {
        const struct erasure *erasure = &erasures->items[i];
        int rc = DONE;

        if (!salt.data || !slice_equal(salt, erasure->salt))
            rc = erasure_digest(erasure->salt, event->organization_id, event->creator_id, digest,
                                err);
        if (rc)
            return rc;
        salt = erasure->salt;
        if (event->occurred_at_us > erasure->erased_at_us ||
            memcmp(digest, erasure->digest, sizeof digest) != 0)
            continue;
        event->creator_id = CREATOR_ERASED;
        return DONE;
    }
    return DONE;
}

static bool names(struct slice creator_id, struct slice member_id)
{
    return member_id.data ? slice_equal(creator_id, member_id)
                          : creator_id.data && !slice_equal(creator_id, CREATOR_ERASED);
}

static int erase_text(struct row *row, struct text *text, struct slice member_id, bool *changed,
                      struct err *err)
{
    if (!names(text_slice(text), member_id))
        return DONE;
    *changed = true;
    return text_set(row, text, CREATOR_ERASED) ? DONE : err_no_memory(err);
}

// Its sets anew, since an entry's place depends on all that it says.
static int erase_history(struct row *row, struct slice member_id, bool *changed, struct err *err)
{
    struct history made = {0};
    bool is_named = false, is_added;
    int rc = DONE;

    for (int set = 0; !rc && set < HISTORY_SETS; set++)
        for (int place = 0; !rc && place < row->history.count[set]; place++) {
            struct event event = history_event(&row->history, (enum history_set_kind)set, place);

            if (names(event.creator_id, member_id)) {
                event.creator_id = CREATOR_ERASED;
                is_named = true;
            }
            rc = history_add(&made, &event, &is_added, err);
        }
    if (rc || !is_named) {
        history_clear(&made);
        return rc;
    }
    history_clear(&row->history);
    row->history = made;
    row->history_changed = *changed = true;
    return DONE;
}

int row_erase(struct row *row, struct slice member_id, bool *changed, struct err *err)
{
    bool erased = false;
    int rc = erase_text(row, &row->creation.creator_id, member_id, &erased, err);

    if (!rc)
        rc = erase_text(row, &row->statement.creator_id, member_id, &erased, err);
    if (!rc)
        rc = erase_history(row, member_id, &erased, err);
    if (rc || !erased)
        return rc;
    row->creator_disputed = *changed = true;
    return DONE;
}

bool row_is_erased(const struct row *row)
{
    for (int place = 0; place < row->history.count[HISTORY_CREATIONS]; place++) {
        struct event event = history_event(&row->history, HISTORY_CREATIONS, place);

        if (slice_equal(event.creator_id, CREATOR_ERASED))
            return true;
    }
    return slice_equal(text_slice(&row->creation.creator_id), CREATOR_ERASED);
}
