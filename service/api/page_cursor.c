// SPDX-License-Identifier: Apache-2.0
// Bytes: version, sort, flags, number (8), size of text (2), text, job_id; by duration the moment
// (8) before the text. In base64url.
#include "api/page_cursor.h"

#include "auth/base64url.h"
#include "base/big_endian.h"
#include "base/utf8.h"

enum {
    VERSION = 1,
    FLAG_DESCENDING = 1,
    FLAG_BACKWARDS = 2,
    FLAG_TEXT = 4,
    FLAGS = 7,
    HEAD_BYTES = 13,
    MOMENT_BYTES = 8,
};

void page_cursor_write(struct buffer *out, const struct job_page *page)
{
    const struct job_cursor *after = &page->after;
    unsigned flags = (page->descending ? FLAG_DESCENDING : 0U) |
                     (page->backwards ? FLAG_BACKWARDS : 0U) |
                     (slice_is_null(after->text) ? 0U : FLAG_TEXT);
    struct buffer bytes;

    buffer_init(&bytes);
    buffer_append(&bytes, (char[]){VERSION, (char)page->sort, (char)flags}, 3);
    buffer_append_u64(&bytes, (uint64_t)after->number);
    buffer_append_u16(&bytes, (uint16_t)after->text.size);
    if (page->sort == SORT_DURATION)
        buffer_append_u64(&bytes, (uint64_t)after->as_of_us);
    buffer_append(&bytes, after->text.data, after->text.size);
    buffer_append(&bytes, after->job_id.data, after->job_id.size);
    if (bytes.failed)
        out->failed = true;
    else
        base64url_encode(buffer_slice(&bytes), out);
    buffer_free(&bytes);
}

static bool read_texts(struct slice rest, size_t text_size, bool has_text, struct job_cursor *out)
{
    if (text_size > rest.size || (!has_text && text_size) || text_size > MESSAGE_MAX_BYTES)
        return false;
    out->text = has_text ? (struct slice){rest.data, text_size} : SLICE_NULL;
    out->job_id = (struct slice){rest.data + text_size, rest.size - text_size};
    return out->job_id.size >= 1 && out->job_id.size <= ID_MAX_BYTES && utf8_is_text(out->job_id) &&
           (!has_text || utf8_is_text(out->text));
}

static bool read_bytes(struct slice bytes, struct job_page *page)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    size_t head = HEAD_BYTES;

    if (bytes.size < HEAD_BYTES || at[0] != VERSION || at[1] >= JOB_SORTS || at[2] > FLAGS)
        return false;
    page->sort = (enum job_sort)at[1];
    page->descending = at[2] & FLAG_DESCENDING;
    page->backwards = at[2] & FLAG_BACKWARDS;
    page->after = (struct job_cursor){.known = true, .number = (int64_t)big_endian_u64(at + 3)};
    if (page->sort == SORT_DURATION) {
        if (bytes.size < HEAD_BYTES + MOMENT_BYTES)
            return false;
        page->after.as_of_us = (int64_t)big_endian_u64(at + HEAD_BYTES);
        head += MOMENT_BYTES;
    }
    return read_texts((struct slice){bytes.data + head, bytes.size - head}, big_endian_u16(at + 11),
                      at[2] & FLAG_TEXT, &page->after);
}

bool page_cursor_read(struct slice text, struct arena *arena, struct job_page *page)
{
    struct job_page read = *page;
    struct buffer bytes;
    struct slice kept;
    bool good;

    buffer_init(&bytes);
    good = base64url_decode(text, &bytes) && !bytes.failed && bytes.size &&
           arena_copy(arena, buffer_slice(&bytes), &kept) && read_bytes(kept, &read);
    buffer_free(&bytes);
    if (good)
        *page = read;
    return good;
}
