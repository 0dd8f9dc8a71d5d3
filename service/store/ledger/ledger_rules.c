// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/ledger_rules.h"

#include "core/cancel.h"

static bool is_one_of(struct slice code, enum cancel_reason_code one, enum cancel_reason_code other)
{
    return slice_equal(code, slice_of(cancel_reason_name(one))) ||
           slice_equal(code, slice_of(cancel_reason_name(other)));
}

static bool is_granted(const struct ledger_request_row *row)
{
    return slice_equal(row->decision, slice_of(cancel_decision_name(CANCEL_GRANTED)));
}

static bool has_command(const struct ledger_request_row *row)
{
    static const struct uuid none;

    return uuid_compare(&row->command_id, &none) != 0;
}

// Who is a creator by the row's own words, with all that a command needs.
static bool may_be_granted(const struct ledger_request_row *row)
{
    return row->identified && has_command(row) && row->has_job && row->creator_id.data &&
           slice_equal(row->requester_id, row->creator_id);
}

// Decision, reason and time come together, and what is granted has what was granted.
static bool keeps_decision(const struct ledger_request_row *row)
{
    const bool decided = row->decision.data;
    const bool grants = is_one_of(row->reason_code, REASON_CREATOR, REASON_ALREADY_REQUESTED);

    if (decided != !!row->reason_code.data || decided != (row->decided_at_us != TIME_NONE))
        return false;
    if (is_granted(row))
        return may_be_granted(row) && grants;
    return !has_command(row) && !grants;
}

static bool fits(struct slice id)
{
    return id.size <= ID_MAX_BYTES;
}

static bool keeps_identity(const struct ledger_request_row *row)
{
    return fits(row->organization_id) && fits(row->job_id) && fits(row->requester_id) &&
           fits(row->topic) &&
           (row->identified ||
            is_one_of(row->reason_code, REASON_INVALID_CREDENTIALS, REASON_REQUEST_ID_REUSED));
}

static bool request_is_sound(const struct ledger_request_row *row)
{
    return keeps_decision(row) && keeps_identity(row) && row->has_position == !!row->topic.data &&
           (row->decision.data || (row->waits_until_us != TIME_NONE && row->identified));
}

static bool command_is_sound(const struct ledger_command_row *row)
{
    return row->attempt > 0 && slice_equal(row->requester_id, row->creator_id) &&
           fits(row->organization_id) && fits(row->job_id);
}

bool ledger_rules_are_kept(const struct ledger_rows *rows)
{
    bool kept = true;

    for (size_t i = 0; i < rows->added_count; i++)
        kept = kept && request_is_sound(&rows->added[i]);
    for (size_t i = 0; i < rows->decided_count; i++)
        kept = kept && request_is_sound(&rows->decided[i]);
    for (size_t i = 0; i < rows->issued_count; i++)
        kept = kept && command_is_sound(&rows->issued[i]);
    return kept;
}
