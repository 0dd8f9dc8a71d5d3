// SPDX-License-Identifier: Apache-2.0
// A client's connection to the loopback that never blocks, one request at a time: what many
// clients in one thread are made of. The caller has the epoll: a call is added to it once it is
// opened, and takes its turn with each of its events. As feed.h these are tools: what cannot be
// gone on from ends the program.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_call_state {
    CALL_CLOSED, // never opened, ended by the other side, or closed
    CALL_IDLE,   // open; nothing is asked, or all of the last answer is there
    CALL_ASKS,   // the request goes out
    CALL_AWAITS, // the head of the answer is still to come
    CALL_TAKES,  // its body comes
    CALL_KEEPS,  // its head came, and of the body nothing more is read
};

enum { CALL_REQUEST_MAX = 4096, CALL_HEAD_MAX = 4096 };

struct http_call {
    enum http_call_state state;
    int fd;
    int status;                // of the last answer
    bool keeps;                // set by the caller: the body of a 200 is not read
    bool is_last;              // the other side closes after this answer
    size_t size, sent;         // of the request
    size_t body_left;          // SIZE_MAX: it has no end
    size_t head_size, arrived; // arrived: bytes of the body, in all
    char request[CALL_REQUEST_MAX];
    char head[CALL_HEAD_MAX + 1];
};

// Of a body, as it comes; borrowed.
typedef void http_call_body(void *self, struct http_call *call, const char *bytes, size_t size);

// Begins to connect, and adds the call, which is its events' pointer, to the epoll. receive_bytes:
// of the socket's buffer; 0: the system's choice.
void http_call_open(struct http_call *call, int epoll, uint16_t port, int receive_bytes);
// On one that is idle; all of it is sent as soon as it can be.
void http_call_ask(struct http_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Sends and takes in what is possible. body may be NULL.
void http_call_turn(struct http_call *call, http_call_body *body, void *self);
void http_call_close(struct http_call *call);
