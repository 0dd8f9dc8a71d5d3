// SPDX-License-Identifier: Apache-2.0
// Measures how fast our own records are decoded and encoded, on one thread. No test: it prints.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "support/wire_samples.h"
#include "wire/event_messages.h"

enum { ROUNDS = 4 * 1000 * 1000 };

// Of processor time, so that what else runs does not count.
static int64_t used_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static double per_second(int64_t began_us)
{
    return (double)ROUNDS * 1e6 / (double)(used_us() - began_us);
}

static int measure(enum event_kind kind, struct record_decoder *decoder)
{
    struct event event = wire_sample(kind), back;
    struct wire_record record = {0};
    struct buffer bytes;
    struct err err = {0};
    enum decoded what;
    int64_t began_us, checksum = 0;
    double encoded, decoded;
    int rc = 0;

    buffer_init(&bytes);
    began_us = used_us();
    for (int i = 0; !rc && i < ROUNDS; i++) {
        buffer_clear(&bytes);
        rc = encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &bytes, &err);
    }
    encoded = per_second(began_us);
    record.value = buffer_slice(&bytes);
    began_us = used_us();
    for (int i = 0; !rc && i < ROUNDS; i++) {
        rc = decode_event(decoder, &record, &back, &what, &err);
        checksum += back.occurred_at_us;
    }
    decoded = per_second(began_us);
    printf("kind %d, %zu bytes: decode %.2f M/s, encode %.2f M/s (%lld)\n", (int)kind, bytes.size,
           decoded / 1e6, encoded / 1e6, (long long)checksum);
    buffer_free(&bytes);
    return rc;
}

int main(void)
{
    struct decoder_options options = {0};
    struct err err = {0};
    struct record_decoder *decoder = event_decoder_new(&options, &err);
    int rc = !decoder;

    for (enum event_kind kind = 0; !rc && kind < EVENT_KINDS; kind++)
        rc = measure(kind, decoder);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    record_decoder_free(decoder);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
