// SPDX-License-Identifier: Apache-2.0
// bench_freshness: sends a slow stream and prints as JSON how long it takes from the producer's
// acknowledgement of an event until its row is visible on another connection (that of this
// program, asking again and again without a pause while an event is under way).
//
//   bench_freshness --topic NAME [--events N] [--rate A_SECOND]
//
// Every tenth event creates a job, the others change one of the last fifty. An event is known by
// its number, which is its job's message. Threads: this one sends and asks; one notes when the
// acknowledgement of an event came. They share struct mark and the flag.
#include <getopt.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "bench/feed.h"
#include "bench/timing.h"
#include "property/dice.h"

enum {
    EVENTS_A_JOB = 10,
    CHANGED_JOBS = 50,
    WARM_UP = 50, // events sent first and not counted: connections, plans, caches
    ASKED_AT_ONCE = 256,
    PATIENCE_US = 30 * 1000000,
    MESSAGE_SIZE = 24,
};

#define ORGANIZATION "freshness"

struct mark {
    size_t job;
    int64_t sent_us, seen_us;        // 0: not yet
    _Atomic int64_t acknowledged_us; // 0: not yet
};

struct run {
    struct feed feed;
    PGconn *connection;
    uint64_t seed; // of the jobs' ids
    size_t count, sent, first_unseen;
    struct mark *marks;
    atomic_bool done;
};

static void on_report(void *self, void *tag, int32_t partition, int64_t offset,
                      const struct err *err)
{
    struct mark *mark = tag;

    (void)self, (void)partition, (void)offset;
    if (err)
        feed_fail("an event was refused", err);
    atomic_store(&mark->acknowledged_us, clock_monotonic_us());
}

static void *note_acknowledgements(void *argument)
{
    struct run *run = argument;
    struct err err;

    while (!atomic_load(&run->done))
        if (producer_poll(run->feed.producer, 100, &err) == FATAL)
            feed_fail("sending", &err);
    return NULL;
}

static void job_id(const struct run *run, size_t job, char out[UUID_TEXT_SIZE])
{
    struct dice dice = dice_from(run->seed + job);
    uint64_t words[2] = {dice_u64(&dice), dice_u64(&dice)};
    unsigned char bytes[UUID_BYTES];
    struct uuid uuid;

    memcpy(bytes, words, sizeof(bytes));
    uuid = uuid_from_random(bytes);
    uuid_format(&uuid, out);
}

static void send_next(struct run *run)
{
    struct mark *mark = &run->marks[run->sent];
    size_t jobs = run->sent / EVENTS_A_JOB + 1; // so far, with this event's
    bool creates = run->sent % EVENTS_A_JOB == 0;
    char id[UUID_TEXT_SIZE], message[MESSAGE_SIZE];
    unsigned char bytes[UUID_BYTES];
    struct event event = {
        .kind = creates ? JOB_CREATED : JOB_PROGRESSED,
        .attempt = 1,
        .occurred_at_us = clock_now_us(),
        .organization_id = SLICE_LITERAL(ORGANIZATION),
        .type = SLICE_LITERAL("Load"),
        .progress = 50,
    };

    mark->job =
        creates ? jobs - 1 : jobs - 1 - run->sent % (jobs < CHANGED_JOBS ? jobs : CHANGED_JOBS);
    job_id(run, mark->job, id);
    event.job_id = slice_of(id);
    random_bytes(bytes, sizeof(bytes));
    event.id = uuid_from_random(bytes);
    snprintf(message, sizeof(message), "%zu", run->sent);
    event.message = slice_of(message);
    mark->sent_us = clock_monotonic_us();
    feed_send(&run->feed, &event, FEED_BY_KEY, mark);
    run->sent++;
}

static void check_result(struct run *run, PGresult *result, ExecStatusType wanted)
{
    if (PQresultStatus(result) == wanted)
        return;
    fprintf(stderr, "bench: PostgreSQL: %s", PQerrorMessage(run->connection));
    exit(1);
}

static void prepare(struct run *run)
{
    PGresult *result;

    run->connection = PQconnectdb(feed_environment("JOBTRAIL_POSTGRES_CONNINFO"));
    if (PQstatus(run->connection) != CONNECTION_OK) {
        fprintf(stderr, "bench: PostgreSQL: %s", PQerrorMessage(run->connection));
        exit(1);
    }
    result = PQprepare(run->connection, "look",
                       "select job_id, message from jobtrail.job"
                       " where job_id = any($1::text[]) and organization_id = $2",
                       0, NULL);
    check_result(run, result, PGRES_COMMAND_OK);
    PQclear(result);
}

// The jobs of the oldest events that were not seen yet, as an array of PostgreSQL's.
static void list_unseen(const struct run *run, struct buffer *out)
{
    char id[UUID_TEXT_SIZE];
    size_t listed = 0;

    buffer_append_text(out, "{");
    for (size_t i = run->first_unseen; i < run->sent && listed < ASKED_AT_ONCE; i++) {
        if (run->marks[i].seen_us)
            continue;
        job_id(run, run->marks[i].job, id);
        buffer_append_format(out, "%s%s", listed++ ? "," : "", id);
    }
    buffer_append(out, "}", 2);
    if (out->failed) {
        fputs("bench: no memory\n", stderr);
        exit(1);
    }
}

// A job whose message is event n's has taken in all its events up to n.
static void note_seen(struct run *run, const PGresult *result, int row, int64_t now_us)
{
    size_t newest = strtoul(PQgetvalue(result, row, 1), NULL, 10);
    char id[UUID_TEXT_SIZE];

    for (size_t i = run->first_unseen; i < run->sent && i <= newest; i++) {
        job_id(run, run->marks[i].job, id);
        if (!run->marks[i].seen_us && !strcmp(id, PQgetvalue(result, row, 0)))
            run->marks[i].seen_us = now_us;
    }
}

static void look(struct run *run)
{
    struct buffer unseen;
    PGresult *result;
    int64_t now_us;

    buffer_init(&unseen);
    list_unseen(run, &unseen);
    result = PQexecPrepared(run->connection, "look", 2,
                            (const char *const[]){unseen.data, ORGANIZATION}, NULL, NULL, 0);
    now_us = clock_monotonic_us();
    check_result(run, result, PGRES_TUPLES_OK);
    for (int row = 0; row < PQntuples(result); row++)
        note_seen(run, result, row, now_us);
    PQclear(result);
    buffer_free(&unseen);
    while (run->first_unseen < run->sent && run->marks[run->first_unseen].seen_us)
        run->first_unseen++;
    if (run->first_unseen < run->sent &&
        now_us - run->marks[run->first_unseen].sent_us > PATIENCE_US) {
        fprintf(stderr, "bench: event %zu is not visible after 30 s\n", run->first_unseen);
        exit(1);
    }
}

static void send_and_look(struct run *run, size_t rate)
{
    int64_t began_us = clock_monotonic_us();

    while (run->first_unseen < run->count) {
        int64_t due_us = began_us + (int64_t)run->sent * US_PER_SECOND / (int64_t)rate;

        if (run->sent < run->count && clock_monotonic_us() >= due_us)
            send_next(run);
        if (run->first_unseen < run->sent)
            look(run);
        else
            timing_sleep_until(due_us);
    }
}

// A row can be seen before word of the acknowledgement reaches us: that is 0.
static int print(const struct run *run, size_t rate)
{
    size_t count = run->count - WARM_UP;
    int64_t *after_us = calloc(count, sizeof(*after_us));

    if (!after_us)
        return 1;
    for (size_t i = 0; i < count; i++) {
        const struct mark *mark = &run->marks[i + WARM_UP];
        int64_t us = mark->seen_us - atomic_load(&mark->acknowledged_us);

        after_us[i] = us < 0 ? 0 : us;
    }
    timing_sort(after_us, count);
    printf("{\"events\": %zu, \"rate\": %zu, \"p50_ms\": %.2f, \"p90_ms\": %.2f, \"p99_ms\": %.2f,"
           " \"max_ms\": %.2f}\n",
           count, rate, timing_percentile_ms(after_us, count, 50),
           timing_percentile_ms(after_us, count, 90), timing_percentile_ms(after_us, count, 99),
           timing_percentile_ms(after_us, count, 100));
    free(after_us);
    return 0;
}

struct request {
    const char *topic;
    size_t events, rate;
};

static struct request read_request(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", required_argument, NULL, 't'},
        {"events", required_argument, NULL, 'e'},
        {"rate", required_argument, NULL, 'r'},
        {0},
    };
    struct request request = {.events = 2000, .rate = 200};
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 't')
            request.topic = optarg;
        else if (option == 'e')
            request.events = feed_number("--events", optarg);
        else if (option == 'r')
            request.rate = feed_number("--rate", optarg);
        else
            exit(2);
    }
    if (!request.topic || optind != argc) {
        fputs("usage: bench_freshness --topic NAME [--events N] [--rate A_SECOND]\n", stderr);
        exit(2);
    }
    return request;
}

int main(int argc, char **argv)
{
    static const struct kafka_property at_once = {"linger.ms", "0"};
    struct request request = read_request(argc, argv);
    struct run run = {.seed = random_u64(), .count = request.events + WARM_UP};
    pthread_t thread;
    int status;

    run.marks = calloc(run.count, sizeof(*run.marks));
    if (!run.marks) {
        fputs("bench: no memory\n", stderr);
        return 1;
    }
    prepare(&run);
    feed_open(&run.feed, request.topic, &at_once, 1, on_report, NULL);
    if (pthread_create(&thread, NULL, note_acknowledgements, &run)) {
        fputs("bench: no thread\n", stderr);
        return 1;
    }
    send_and_look(&run, request.rate);
    atomic_store(&run.done, true);
    pthread_join(thread, NULL);
    feed_close(&run.feed);
    status = print(&run, request.rate);
    PQfinish(run.connection);
    free(run.marks);
    return status;
}
