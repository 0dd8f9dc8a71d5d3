// SPDX-License-Identifier: Apache-2.0
// bench_projection: the way of an event through our own code: decode, check, fold, and the batch as
// PostgreSQL's parameters. Neither Kafka nor PostgreSQL takes part, so that the instructions can be
// counted: tests/bench/instructions runs it under callgrind and counts from where an ours_*
// function is entered, but not what the world_* do that these call.
//
//   bench_projection [--events N] [--open JOBS] [--seed N] [--cache BYTES]
//
// PostgreSQL answers when the next batch is full, as it does while it is what everything waits for.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/kept_rows.h"
#include "bench/made_stream.h"
#include "core/projector.h"
#include "property/dice.h"
#include "store/projection/batch_query.h"
#include "wire/event_messages.h"

#define NOT_INLINED __attribute__((noinline))

enum { BATCH_RECORDS_MAX = 65536, BATCH_BYTES_MAX = 6 * 1024 * 1024 }; // as a worker has them

struct request {
    struct made_stream_options made;
    size_t cache_bytes;
};

struct bench {
    struct record_decoder *decoder;
    struct projector *projector;
    struct track *track;
    struct arena arena;
    struct dice dice;
    int64_t offset;

    struct kept_rows rows; // what PostgreSQL would have
    struct exchange exchange;
    enum store_state under_way;
    size_t batches, rows_written, rows_read;
};

static _Noreturn void fail(const char *what, const struct err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err ? err->text : "no memory");
    exit(1);
}

// ---- the store

// Queued as it would be sent, then forgotten.
NOT_INLINED static bool ours_encode(struct bench *bench, const struct batch_write *batch)
{
    const struct batch_context context = {.owner = "bench", .transaction_timeout_ms = 1000};
    bool done = batch_query(batch, &context, &bench->exchange);

    exchange_clear(&bench->exchange);
    return done;
}

NOT_INLINED static int world_write(void *self, const struct batch_write *batch, struct err *err)
{
    struct bench *bench = self;

    if (!ours_encode(bench, batch) || !kept_rows_write(&bench->rows, batch))
        return err_no_memory(err);
    bench->batches++;
    bench->rows_written += batch->row_count;
    bench->under_way = STORE_WRITTEN;
    return DONE;
}

NOT_INLINED static int world_read(void *self, const struct job_key *keys, size_t count, bool lock,
                                  struct err *err)
{
    struct bench *bench = self;

    (void)lock;
    if (!kept_rows_read(&bench->rows, keys, count))
        return err_no_memory(err);
    bench->rows_read += bench->rows.answer_count;
    bench->under_way = STORE_ROWS;
    return DONE;
}

NOT_INLINED static int world_poll(void *self, enum store_state *state,
                                  const struct stored_row **rows, size_t *count, struct err *err)
{
    struct bench *bench = self;

    (void)err;
    *state = bench->under_way;
    *rows = bench->rows.answer;
    *count = bench->rows.answer_count;
    bench->under_way = STORE_IDLE;
    return DONE;
}

static uint64_t draw(void *self)
{
    return dice_u64(&((struct bench *)self)->dice);
}

// ---- the worker

NOT_INLINED static void ours_take(struct bench *bench, struct slice value)
{
    const struct wire_record record = {.value = value};
    struct event event;
    enum decoded what;
    bool changed;
    struct err err;
    int rc = decode_event(bench->decoder, &record, &event, &what, &err);

    if (!rc)
        rc = event_check(&event, TIME_NONE, &bench->arena, &err);
    if (!rc)
        rc = projector_event(bench->projector, bench->track, bench->offset, &event, &changed, &err);
    if (rc)
        fail("taking an event", &err);
    track_advance(bench->track, ++bench->offset, NULL);
}

NOT_INLINED static void ours_step(struct bench *bench)
{
    struct batch_done done;
    bool committed;
    struct err err;

    if (projector_step(bench->projector, &done, &committed, &err))
        fail("writing a batch", &err);
}

static void project(struct bench *bench, struct made_stream *stream)
{
    struct event event;
    struct buffer value;
    struct err err;

    buffer_init(&value);
    while (made_stream_next(stream, &event)) {
        buffer_clear(&value);
        if (encode_event(&event, FRAMING_SINGLE_OBJECT, NULL, &value, &err))
            fail("making an event", &err);
        while (!projector_has_room(bench->projector))
            ours_step(bench);
        ours_take(bench, buffer_slice(&value));
    }
    while (!projector_is_idle(bench->projector))
        ours_step(bench);
    buffer_free(&value);
}

static void open_bench(struct bench *bench, const struct store_port *store, size_t cache_bytes)
{
    const struct decoder_options decoder = {0};
    const struct source source = {.topic = SLICE_LITERAL("made")};
    const struct source_position begin = {.last_offset = -1};
    struct err err;

    bench->decoder = event_decoder_new(&decoder, &err);
    bench->projector = projector_new(&(struct projector_options){
        .store = store,
        .random = {.self = bench, .u64 = draw},
        .batch_records_max = BATCH_RECORDS_MAX,
        .batch_bytes_max = BATCH_BYTES_MAX,
        .cache_bytes_max = cache_bytes,
    });
    if (!bench->decoder || !bench->projector)
        fail("beginning", NULL);
    bench->track = projector_take(bench->projector, &source, &begin);
    if (!bench->track)
        fail("beginning", NULL);
    exchange_init(&bench->exchange);
    arena_init(&bench->arena);
}

static void close_bench(struct bench *bench)
{
    projector_free(bench->projector);
    record_decoder_free(bench->decoder);
    exchange_close(&bench->exchange);
    arena_reset(&bench->arena);
    kept_rows_free(&bench->rows);
}

// ---- the program

static size_t number(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (*end || !value) {
        fprintf(stderr, "bench: %s is no number above 0\n", text);
        exit(2);
    }
    return (size_t)value;
}

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"events", required_argument, NULL, 'e'},
        {"open", required_argument, NULL, 'o'},
        {"seed", required_argument, NULL, 's'},
        {"cache", required_argument, NULL, 'c'},
        {0},
    };
    struct request request = {.made = {.seed = 1, .events = 300000, .open_jobs = 5000},
                              .cache_bytes = (size_t)8 * 1024 * 1024};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'e')
            request.made.events = number(optarg);
        else if (option == 'o')
            request.made.open_jobs = number(optarg);
        else if (option == 's')
            request.made.seed = number(optarg);
        else if (option == 'c')
            request.cache_bytes = number(optarg);
        else
            exit(2);
    }
    return request;
}

int main(int argc, char **argv)
{
    struct request request = read_request(argc, argv);
    struct made_stream *stream = made_stream_new(&request.made);
    struct bench bench = {.dice = dice_from(request.made.seed)};
    const struct store_port store = {
        .self = &bench,
        .read_rows = world_read,
        .write_batch = world_write,
        .poll = world_poll,
    };
    size_t cached_rows, cached_bytes;

    if (!stream)
        fail("beginning", NULL);
    open_bench(&bench, &store, request.cache_bytes);
    project(&bench, stream);
    projector_cache_size(bench.projector, &cached_rows, &cached_bytes);
    printf("{\"events\": %zu, \"batches\": %zu, \"rows_written\": %zu, \"rows_read\": %zu,"
           " \"cached_rows\": %zu, \"cached_bytes\": %zu}\n",
           request.made.events, bench.batches, bench.rows_written, bench.rows_read, cached_rows,
           cached_bytes);
    close_bench(&bench);
    made_stream_free(stream);
    return 0;
}
