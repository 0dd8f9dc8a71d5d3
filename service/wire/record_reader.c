// SPDX-License-Identifier: Apache-2.0
#include "wire/record_reader.h"

#include "wire/cursor.h"

// The branch of a root union is written before the record. NULL: err says why it is POISON.
static const struct plan_branch *choose_branch(const struct plan_entry *entry,
                                               struct slice *payload, struct err *err)
{
    const unsigned char *begin = (const unsigned char *)payload->data;
    struct cursor cursor = {begin, begin + payload->size};
    int64_t branch = 0;

    if (entry->is_union) {
        enum fault fault = cursor_long(&cursor, &branch);

        if (fault) {
            err_set(err, POISON, fault == FAULT_VARINT ? "VARINT" : "TRUNCATED",
                    "the value has no readable branch of the schema's union");
            return NULL;
        }
        if (branch < 0 || (uint64_t)branch >= entry->branch_count) {
            err_set(err, POISON, "UNION_BRANCH",
                    "the value is of a branch that the schema's union does not have");
            return NULL;
        }
        *payload = (struct slice){(const char *)cursor.at, cursor_left(&cursor)};
    }
    return &entry->branches[branch];
}

int record_read(struct plan_cache *plans, const struct wire_record *record, void *target,
                const struct layout **layout, struct err *err)
{
    const struct plan_branch *branch;
    const struct plan_entry *entry;
    struct framed framed;
    int rc = framing_read(record, &framed, err);

    if (!rc)
        rc = plan_cache_find(plans, &framed.schema, &entry, err);
    if (!rc && !entry->branches) {
        *err = entry->verdict;
        rc = POISON;
    }
    if (rc)
        return rc;
    branch = choose_branch(entry, &framed.payload, err);
    if (!branch)
        return POISON;
    if (!branch->plan) {
        *err = branch->verdict;
        return POISON;
    }
    *layout = plan_layout(branch->plan);
    return plan_run(branch->plan, framed.payload, target, err);
}

bool record_is_unknown(const struct err *err)
{
    return err->disposition == POISON && !strcmp(err->reason, "UNKNOWN_RECORD");
}
