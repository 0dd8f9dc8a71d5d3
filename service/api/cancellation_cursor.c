// SPDX-License-Identifier: Apache-2.0
// Bytes: version, whether it is one's own, moment (8), request id (16). In base64url.
#include "api/cancellation_cursor.h"

#include "auth/base64url.h"
#include "base/big_endian.h"

enum { VERSION = 1, HEAD_BYTES = 10, CURSOR_BYTES = HEAD_BYTES + UUID_BYTES };

void cancellation_cursor_write(struct buffer *out, const struct cancellation_cursor *cursor)
{
    struct buffer bytes;

    buffer_init(&bytes);
    buffer_append(&bytes, (char[]){VERSION, (char)cursor->is_first}, 2);
    buffer_append_u64(&bytes, (uint64_t)cursor->received_at_us);
    buffer_append(&bytes, (const char *)cursor->request_id.bytes, UUID_BYTES);
    if (bytes.failed)
        out->failed = true;
    else
        base64url_encode(buffer_slice(&bytes), out);
    buffer_free(&bytes);
}

static bool read_bytes(struct slice bytes, struct cancellation_cursor *out)
{
    const unsigned char *at = (const unsigned char *)bytes.data;

    if (bytes.size != CURSOR_BYTES || at[0] != VERSION || at[1] > 1)
        return false;
    *out = (struct cancellation_cursor){
        .known = true, .is_first = at[1], .received_at_us = (int64_t)big_endian_u64(at + 2)};
    memcpy(out->request_id.bytes, at + HEAD_BYTES, UUID_BYTES);
    // What PostgreSQL can hold as a moment, and more than it will ever.
    return out->received_at_us >= 0 && out->received_at_us < INT64_C(253402300800) * US_PER_SECOND;
}

bool cancellation_cursor_read(struct slice text, struct cancellation_cursor *out)
{
    struct buffer bytes;
    bool good;

    buffer_init(&bytes);
    good = base64url_decode(text, &bytes) && !bytes.failed && bytes.size &&
           read_bytes(buffer_slice(&bytes), out);
    buffer_free(&bytes);
    return good;
}
