// SPDX-License-Identifier: Apache-2.0
// A request as handlers see it: what its target says, taken apart once, strictly. Everything that
// is left is text that PostgreSQL can hold (UTF-8 without U+0000). Pure; all is borrowed from the
// arena that was given, or from the caller.
#pragma once

#include "base/arena.h"

enum {
    TARGET_MAX_BYTES = 8 * 1024,
    BODY_MAX_BYTES = 64 * 1024,
    SEGMENTS_MAX = 8,
    PARAMETERS_MAX = 64,
};

enum method { // bits, so that a route can tell which it has
    METHOD_OTHER = 0,
    METHOD_GET = 1, // HEAD too: it is answered as GET, and the body stays behind
    METHOD_POST = 2,
    METHOD_DELETE = 4,
    METHOD_OPTIONS = 8,
};

struct named_text {
    struct slice name, value;
};

struct request {
    enum method method;
    struct slice path;                   // as it was sent, without the query
    struct slice query;                  // likewise, without the question mark; null: none
    struct slice segments[SEGMENTS_MAX]; // decoded; "/a/b" has two, "/" has none
    size_t segment_count;
    struct named_text parameters[PARAMETERS_MAX]; // decoded, in their order
    size_t parameter_count;
    const struct named_text *headers;
    size_t header_count;
    struct slice body;
};

enum target_fault {
    TARGET_OK = 0,
    TARGET_TOO_LONG,
    TARGET_NOT_A_PATH,   // does not begin with a slash
    TARGET_BAD_ENCODING, // a percent sign without two hexadecimal digits, or a control byte
    TARGET_NOT_TEXT,     // not UTF-8, or with U+0000
    TARGET_DOT_SEGMENT,  // "." or "..", encoded or not
    TARGET_TOO_MANY_SEGMENTS,
    TARGET_TOO_MANY_PARAMETERS,
    TARGET_NO_MEMORY,
};

// "GET" and so on, as HTTP has them: in upper case only.
enum method request_method(const char *name);
// Fills path, query, segments and parameters. A '+' in the query is a blank, as in forms.
enum target_fault request_read_target(struct request *request, struct slice target,
                                      struct arena *arena) MUST_CHECK;
// For a person. Of any but TARGET_OK.
const char *target_fault_text(enum target_fault fault);

// The value of the header, without the blanks around it; null if there is none, or more than one:
// of the headers that we read, none may come twice. The name in any case.
struct slice request_header(const struct request *request, const char *name);
// How often it is there.
size_t request_header_count(const struct request *request, const char *name);
// Appends text so that it can stand as one value in a query.
struct buffer;
void request_encode(struct buffer *out, struct slice text);
// Appends an id so that it can stand as one segment of a path. "." and ".." cannot, however they
// are encoded: clients and proxies take them out of an address on its way (RFC 3986, section
// 5.2.4). They have a tilde in front of them there; "~." and the like have one more than they have.
void request_encode_id(struct buffer *out, struct slice id);
// The id that a decoded segment stands for; borrowed from it.
struct slice request_id_of_segment(struct slice segment);
