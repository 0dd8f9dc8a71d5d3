// SPDX-License-Identifier: Apache-2.0
// Events and rows for the tests of core, small enough to be read at a glance. All of job "job" in
// organisation "org", unless a test changes that.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cancel.h"
#include "core/fold.h"

// 2020-01-01T00:00:00Z; at_s below counts from here.
#define BASE_TIME_US INT64_C(1577836800000000)
#define AT(seconds)  (BASE_TIME_US + (seconds)*US_PER_SECOND)

// id becomes the first byte of the event's id.
struct event made(enum event_kind kind, int32_t attempt, int64_t at_s, unsigned char id);
struct event made_saying(enum event_kind kind, int32_t attempt, int64_t at_s, unsigned char id,
                         const char *message);
// type "Load", cancellable.
struct event made_creation(int64_t at_s, unsigned char id, const char *creator);
struct event made_tick(int32_t attempt, int64_t at_s, unsigned char id, int32_t progress);
struct event made_failure(int32_t attempt, int64_t at_s, unsigned char id, const char *code,
                          const char *detail);
// One event of each kind: a job that was created, ran and failed, with every text it can have.
enum { MADE_LIFE = 4 };
void made_life(struct event life[MADE_LIFE]);

// A text of size times fill; the caller frees it.
char *made_text(char fill, size_t size);

// Of that requester for the job, authenticated, received at MADE_REQUEST_S; id becomes the first
// byte of its id.
enum { MADE_REQUEST_S = 999 };
struct cancel_request made_request(unsigned char id, const char *requester);

struct row *made_row(void);
// Folds, asserting that it works. True: the row changed.
bool folded(struct row *row, struct event event);

#define assert_slice(slice, text) assert_true(slice_equal((slice), slice_of(text)))
#define assert_text(kept, text)   assert_slice(text_slice(&(kept)), text)
#define assert_reason(err, name)  assert_string_equal((err).reason, name)

// Every column of both rows, packed ones included, byte for byte.
void assert_same_row(const struct row *a, const struct row *b);
