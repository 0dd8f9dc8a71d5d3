// SPDX-License-Identifier: Apache-2.0
#include "wire/inflate.h"

#define ZLIB_CONST // what is read is not written
#include <zlib.h>

#include "wire/record_limits.h"

enum { STEP_BYTES = 8192 };

// Appends the next bytes. *status is zlib's.
static int step(z_stream *stream, struct buffer *out, int *status, struct err *err)
{
    unsigned char bytes[STEP_BYTES];
    size_t size;

    stream->next_out = bytes;
    stream->avail_out = sizeof bytes;
    *status = inflate(stream, Z_NO_FLUSH);
    size = sizeof bytes - stream->avail_out;
    if (*status == Z_MEM_ERROR)
        return err_no_memory(err);
    if (*status != Z_OK && *status != Z_STREAM_END)
        return err_set(err, POISON, "FRAMING",
                       "the value is said to be zlib's, and cannot be "
                       "inflated: it was cut off or changed");
    if (out->size + size > RECORD_VALUE_MAX_BYTES)
        return err_set(err, POISON, "PAYLOAD_TOO_LARGE",
                       "the inflated value has more than %d bytes", RECORD_VALUE_MAX_BYTES);
    buffer_append(out, bytes, size);
    return out->failed ? err_no_memory(err) : DONE;
}

int inflate_value(struct slice deflated, struct buffer *out, struct err *err)
{
    z_stream stream = {.next_in = (const unsigned char *)deflated.data,
                       .avail_in = (unsigned int)deflated.size};
    int status = Z_OK, rc = DONE;

    buffer_clear(out);
    if (inflateInit(&stream) != Z_OK)
        return err_no_memory(err);
    while (!rc && status != Z_STREAM_END)
        rc = step(&stream, out, &status, err);
    if (!rc && stream.avail_in)
        rc = err_set(err, POISON, "FRAMING", "%u bytes stand behind what zlib wrote",
                     stream.avail_in);
    inflateEnd(&stream);
    return rc;
}
