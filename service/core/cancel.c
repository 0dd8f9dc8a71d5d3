// SPDX-License-Identifier: Apache-2.0
#include "core/cancel.h"

#include "base/utf8.h"

static const char *const decisions[] = {"granted", "refused"};
static const char *const reasons[CANCEL_REASON_CODES] = {
    "OTHER",       "CREATOR",     "ALREADY_REQUESTED", "INVALID_CREDENTIALS", "EXPIRED",
    "UNKNOWN_JOB", "NOT_CREATOR", "ALREADY_FINISHED",  "NOT_CANCELLABLE",     "REQUEST_ID_REUSED",
};

const char *cancel_decision_name(enum cancel_decision decision)
{
    return decisions[decision];
}

const char *cancel_reason_name(enum cancel_reason_code code)
{
    return reasons[code];
}

static bool find(const char *const *names, int count, struct slice name, int *out)
{
    for (*out = 0; *out < count; (*out)++)
        if (slice_equal(name, slice_of(names[*out])))
            return true;
    return false;
}

bool cancel_decision_of(struct slice name, enum cancel_decision *out)
{
    int place;
    bool found = find(decisions, CANCEL_REFUSED + 1, name, &place);

    if (found)
        *out = (enum cancel_decision)place;
    return found;
}

bool cancel_reason_of(struct slice name, enum cancel_reason_code *out)
{
    int place;
    bool found = find(reasons, CANCEL_REASON_CODES, name, &place);

    if (found)
        *out = (enum cancel_reason_code)place;
    return found;
}

static bool is_id(struct slice id)
{
    return id.data && id.size >= 1 && id.size <= ID_MAX_BYTES;
}

static int check_length(struct slice id, const char *name, struct err *err)
{
    if (is_id(id))
        return DONE;
    return err_set(err, POISON, "ID_LENGTH", "%s has %zu bytes, 1 to %d are allowed", name, id.size,
                   ID_MAX_BYTES);
}

static bool is_hexadecimal(struct slice text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!strchr("0123456789abcdef", text.data[i]) || !text.data[i])
            return false;
    return true;
}

// An id of hexadecimal digits; all zero is none.
static bool is_trace_id(struct slice text, size_t from, size_t to)
{
    size_t zeros = from;

    while (zeros < to && text.data[zeros] == '0')
        zeros++;
    return zeros < to && is_hexadecimal(text, from, to);
}

// W3C Trace Context, section 3.2: version, trace id, parent id and flags.
static bool is_traceparent(struct slice text)
{
    return text.size == TRACEPARENT_BYTES && !memcmp(text.data, "00-", 3) &&
           is_trace_id(text, 3, 35) && text.data[35] == '-' && is_trace_id(text, 36, 52) &&
           text.data[52] == '-' && is_hexadecimal(text, 53, 55);
}

int cancel_request_check(struct cancel_request *request, struct arena *arena, struct err *err)
{
    int rc = check_length(request->organization_id, "organization_id", err);

    if (!rc)
        rc = check_length(request->job_id, "job_id", err);
    if (!rc)
        rc = check_length(request->requester_id, "requester_id", err);
    if (!rc && !utf8_shorten(&request->reason, MESSAGE_MAX_BYTES, arena))
        rc = err_no_memory(err);
    if (!is_traceparent(request->traceparent))
        request->traceparent = SLICE_NULL;
    return rc;
}

static char *put_u32(char *at, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (char)(value >> shift);
    return at;
}

static char *put_id(char *at, struct slice id)
{
    at = put_u32(at, (uint32_t)id.size);
    memcpy(at, id.data, id.size);
    return at + id.size;
}

int cancel_command_id(const struct job_key *key, int32_t attempt, struct uuid *out, struct err *err)
{
    // Drawn once, for this purpose alone.
    static const struct uuid space = {{0xdd, 0x82, 0x32, 0x86, 0x0b, 0x33, 0x4e, 0x9c, 0x9e, 0xe8,
                                       0x8a, 0x8a, 0x11, 0xd9, 0x3c, 0xa9}};
    char name[2 * (sizeof(uint32_t) + ID_MAX_BYTES) + sizeof(uint32_t)], *at = name;

    if (!is_id(key->organization_id) || !is_id(key->job_id))
        return err_set(err, POISON, "ID_LENGTH", "an id has not 1 to %d bytes", ID_MAX_BYTES);
    at = put_id(at, key->organization_id);
    at = put_id(at, key->job_id);
    at = put_u32(at, (uint32_t)attempt);
    if (!uuid_from_name(&space, (struct slice){name, (size_t)(at - name)}, out))
        return err_no_memory(err);
    return DONE;
}
