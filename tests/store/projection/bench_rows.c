// SPDX-License-Identifier: Apache-2.0
// How many rows a second one store writes, new ones and updates, in batches of a given size, with
// all that a batch owes (position, totals, change). Not a test: prints figures.
//     store_bench_rows [batches [rows-a-batch [ordinary]]]
// ordinary: as a member of the owner, under row-level security, instead of as a superuser.
#include "store/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"

struct bench {
    struct harness *harness;
    struct row_write *rows;
    char (*ids)[64];
    size_t size, batches;
    int64_t offset;
};

// A figure that other work on the machine does not change: CPU time of the server's process.
static double server_cpu_seconds(const struct bench *bench)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%s/stat",
             harness_value(bench->harness->side, "SELECT pid FROM pg_stat_activity WHERE"
                                                 " application_name = 'store test'"));
    file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        fail_msg("%s cannot be read", path);
    fclose(file);
    // Behind the name in parentheses: fields 3 and on; 14 and 15 are the times.
    if (sscanf(strrchr(line, ')') + 1, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user,
               &system) != 2)
        fail_msg("%s is not understood", path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double own_cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / US_PER_SECOND;
}

static void write_batch(struct bench *bench, size_t batch, int64_t base)
{
    static const char packed[150];
    struct position_move move = harness_move("events", bench->offset, bench->offset + 1);
    struct count_delta count = {slice_of("acme"), slice_of("Load"), STATUS_RUNNING, 1};

    bench->offset++;
    for (size_t i = 0; i < bench->size; i++) {
        char *id = bench->ids[i];

        // Like random ids, but sorted within the batch, as rows come.
        snprintf(id, sizeof bench->ids[i], "%08zx-%04zx-4000-8000-000000000000",
                 i * (UINT32_MAX / bench->size), batch);
        bench->rows[i] = harness_row("acme", id, base + 1);
        bench->rows[i].is_known = base != 0;
        bench->rows[i].base_revision = base;
        bench->rows[i].columns.state = (struct slice){packed, 60};
        bench->rows[i].columns.history = (struct slice){packed, sizeof packed};
    }
    harness_written(bench->harness->store, &(struct batch_write){.moves = &move,
                                                                 .move_count = 1,
                                                                 .rows = bench->rows,
                                                                 .row_count = bench->size,
                                                                 .counts = &count,
                                                                 .count_count = 1});
}

// All batches once over what base wrote, or (again) the first one over and over, as open jobs are.
static void measure(struct bench *bench, const char *what, int64_t base, bool again)
{
    int64_t began_us = clock_monotonic_us();
    double own = own_cpu_seconds(), server = server_cpu_seconds(bench);
    double rows = (double)(bench->size * bench->batches), seconds;

    for (size_t batch = 0; batch < bench->batches; batch++)
        write_batch(bench, again ? 0 : batch, again ? base + (int64_t)batch : base);
    seconds = (double)(clock_monotonic_us() - began_us) / US_PER_SECOND;
    own = own_cpu_seconds() - own;
    server = server_cpu_seconds(bench) - server;
    printf("%-28s %8.0f rows/s; CPU a row: server %.1f us, ours %.1f us\n", what, rows / seconds,
           server / rows * US_PER_SECOND, own / rows * US_PER_SECOND);
}

int main(int argc, char **argv)
{
    struct bench bench = {.batches = argc > 1 ? (size_t)atoi(argv[1]) : 10,
                          .size = argc > 2 ? (size_t)atoi(argv[2]) : 25000};
    struct rusage usage;
    void *state;

    bench.rows = calloc(bench.size, sizeof *bench.rows);
    bench.ids = calloc(bench.size, sizeof *bench.ids);
    if (!bench.rows || !bench.ids || harness_start(&state))
        return EXIT_FAILURE;
    bench.harness = state;
    harness_open(&state);
    if (argc > 3) {
        char conninfo[sizeof bench.harness->conninfo];

        harness_run(bench.harness->side,
                    "CREATE ROLE worker LOGIN; GRANT jobtrail_owner TO worker");
        snprintf(conninfo, sizeof conninfo, "%.200s user=worker", bench.harness->conninfo);
        memcpy(bench.harness->conninfo, conninfo, sizeof conninfo);
        batch_store_free(bench.harness->store);
        bench.harness->store = harness_store(bench.harness, 60000);
    }
    harness_source(bench.harness, "events");
    measure(&bench, "new", 0, false);
    measure(&bench, "update of every row", 1, false);
    measure(&bench, "update of the same again", 2, true);
    getrusage(RUSAGE_SELF, &usage);
    printf("HOT updates: %s; most memory: %ld KiB\n",
           harness_value(bench.harness->side, "SELECT round(100.0 * n_tup_hot_upd / n_tup_upd, 1)"
                                              " || ' %' FROM pg_stat_user_tables, pg_sleep(1.5)"
                                              " WHERE relname = 'job'"),
           usage.ru_maxrss);
    harness_close(&state);
    harness_stop(&state);
    free(bench.ids);
    free(bench.rows);
}
