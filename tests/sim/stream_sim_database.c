// SPDX-License-Identifier: Apache-2.0
#include "sim/stream_sim_database.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/stream_resume.h"

enum {
    TRANSACTION_US = CHANGE_COMMITS_WITHIN_S * 1000 * 1000,
    LOST_US = 200 * 1000,
    KEPT_US = CHANGES_KEPT_S * 1000 * 1000,
    START_US = 1000 * 1000 * 1000,
};

struct sim_database sim_database;

static const char *const ids[SIM_JOBS] = {"j0", "j1", "j2", "j3", "j4",  "j5",
                                          "j6", "j7", "j8", "j9", "j10", "j11"};

const char *sim_organization(int job)
{
    return job < SIM_JOBS / 2 ? "a" : "b";
}

const char *sim_creator(int job)
{
    return job % 2 ? "ada" : "bob";
}

const char *sim_type(int version)
{
    return version % 3 ? "Load" : "Seed";
}

void sim_database_begin(struct dice *dice)
{
    memset(&sim_database, 0, sizeof sim_database);
    sim_database.dice = dice;
    sim_database.now_us = sim_database.started_us = START_US;
    sim_database.next_id = 1;
    sim_database.fails_percent = dice_percent(dice, 50) ? 0 : 10;
}

static void begin_transaction(void)
{
    struct sim_database *database = &sim_database;

    if (database->open_count == SIM_TRANSACTIONS)
        return;
    database->open[database->open_count++] = (struct sim_change){
        .id = database->next_id++,
        .began_at_us = database->now_us,
        .jobs = ((unsigned)dice_u64(database->dice) & (unsigned)dice_u64(database->dice) &
                 ((1U << SIM_JOBS) - 1)) |
                database->owed,
        .is_large = dice_percent(database->dice, 3),
    };
}

static void end_transaction(size_t place, bool commits)
{
    struct sim_database *database = &sim_database;
    struct sim_change change = database->open[place];

    database->open[place] = database->open[--database->open_count];
    if (!commits || !change.jobs)
        return;
    if (database->change_count == SIM_CHANGES)
        abort();
    change.committed_at_us = database->now_us;
    for (int job = 0; job < SIM_JOBS; job++)
        if (change.jobs & 1U << job)
            database->version[job]++;
    database->owed &= ~change.jobs;
    database->changes[database->change_count++] = change;
}

static void restart(void)
{
    struct sim_database *database = &sim_database;

    database->open_count = 0;
    database->started_us = database->now_us;
    while (database->change_count) {
        const struct sim_change *last = &database->changes[database->change_count - 1];

        if (database->now_us - last->committed_at_us > LOST_US)
            break;
        for (int job = 0; job < SIM_JOBS; job++)
            if (last->jobs & 1U << job)
                database->version[job]--;
        database->owed |= last->jobs;
        if (last->id < database->next_id)
            database->next_id = last->id; // drawn again
        database->change_count--;
    }
    // What is left was drawn before, whatever was lost in between.
    for (size_t i = 0; i < database->change_count; i++)
        if (database->changes[i].id >= database->next_id)
            database->next_id = database->changes[i].id + 1;
}

void sim_database_pass(int64_t us)
{
    struct sim_database *database = &sim_database;
    size_t old = 0;

    database->now_us += us;
    for (size_t i = database->open_count; i--;)
        if (database->now_us - database->open[i].began_at_us >= TRANSACTION_US)
            end_transaction(i, false);
    while (old < database->change_count &&
           database->now_us - database->changes[old].committed_at_us > KEPT_US)
        old++;
    database->change_count -= old;
    memmove(database->changes, database->changes + old,
            database->change_count * sizeof *database->changes);
}

void sim_database_step(void)
{
    struct sim_database *database = &sim_database;
    struct dice *dice = database->dice;

    sim_database_pass((int64_t)dice_below(dice, dice_percent(dice, 2) ? 20000000 : 100000));
    if (dice_percent(dice, 50))
        begin_transaction();
    if (database->open_count && dice_percent(dice, 45))
        end_transaction(dice_below(dice, database->open_count), !dice_percent(dice, 15));
    if (dice_below(dice, 400) == 0)
        restart();
}

void sim_database_settle(void)
{
    while (sim_database.open_count)
        end_transaction(0, true);
    if (sim_database.owed) {
        begin_transaction();
        end_transaction(0, true);
    }
    sim_database.fails_percent = 0;
}

// What stands for both kinds of readers.
struct reader {
    int64_t server_us; // the start of the server it is connected to; 0: not connected
};

static int ask(struct reader *reader, struct err *err)
{
    bool fails = dice_percent(sim_database.dice, sim_database.fails_percent);

    if (reader->server_us == sim_database.started_us && !fails)
        return DONE;
    reader->server_us = 0;
    return err_set(err, RETRY, "MADE", "made up");
}

static int connect_reader(struct reader *reader, struct err *err)
{
    reader->server_us = sim_database.started_us;
    return ask(reader, err);
}

struct change_reader *change_reader_new(const struct connection_options *options, struct err *err)
{
    (void)options, (void)err;
    return calloc(1, sizeof(struct reader));
}

void change_reader_free(struct change_reader *reader)
{
    free(reader);
}

int change_reader_connect(struct change_reader *reader, struct err *err)
{
    return connect_reader((struct reader *)reader, err);
}

bool change_reader_is_connected(const struct change_reader *reader)
{
    return ((const struct reader *)reader)->server_us;
}

int change_reader_start(struct change_reader *reader, struct change_start *out, struct err *err)
{
    const struct sim_database *database = &sim_database;
    int64_t read_again_us = database->now_us - RESUME_S * US_PER_SECOND;
    int64_t settled = -1, first = database->next_id;
    int rc = ask((struct reader *)reader, err);

    for (size_t i = 0; i < database->change_count; i++) {
        const struct sim_change *change = &database->changes[i];

        if (change->began_at_us <= read_again_us && change->id > settled)
            settled = change->id;
        if (change->id < first)
            first = change->id;
    }
    if (settled < 0)
        settled = first > 1000 ? first - 1000 : 0;
    *out = (struct change_start){.after = settled,
                                 .all_since_us = read_again_us + TRANSACTION_US,
                                 .server_started_us = database->started_us};
    return rc;
}

static int by_id(const void *a, const void *b)
{
    const struct viewed_change *one = a, *other = b;

    return (one->id > other->id) - (one->id < other->id);
}

static struct viewed_change view_change(const struct sim_change *change, struct job_key *keys)
{
    struct viewed_change viewed = {.id = change->id,
                                   .began_at_us = change->began_at_us,
                                   .is_large = change->is_large,
                                   .keys = keys};

    for (int job = 0; job < SIM_JOBS; job++)
        if (change->jobs & 1U << job)
            keys[viewed.count++] =
                (struct job_key){slice_of(sim_organization(job)),
                                 change->is_large ? SLICE_NULL : slice_of(ids[job])};
    return viewed;
}

int change_reader_read(struct change_reader *reader, int64_t after, const int64_t *missing,
                       size_t missing_count, struct viewed_changes *out, struct err *err)
{
    static struct viewed_change found[SIM_CHANGES];
    static struct job_key keys[SIM_CHANGES][SIM_JOBS];
    int rc = ask((struct reader *)reader, err);

    *out =
        (struct viewed_changes){.changes = found, .is_all = true, .asked_us = sim_database.now_us};
    for (size_t i = 0; !rc && i < sim_database.change_count; i++) {
        const struct sim_change *change = &sim_database.changes[i];
        bool wanted = change->id > after;

        for (size_t j = 0; j < missing_count; j++)
            wanted |= change->id == missing[j];
        if (!wanted)
            continue;
        found[out->count] = view_change(change, keys[out->count]);
        out->count++;
    }
    qsort(found, out->count, sizeof *found, by_id);
    return rc;
}

struct job_reader *job_reader_new(const struct connection_options *options, struct err *err)
{
    (void)options, (void)err;
    return calloc(1, sizeof(struct reader));
}

void job_reader_free(struct job_reader *reader)
{
    free(reader);
}

int job_reader_connect(struct job_reader *reader, struct err *err)
{
    return connect_reader((struct reader *)reader, err);
}

bool job_reader_is_connected(const struct job_reader *reader)
{
    return ((const struct reader *)reader)->server_us;
}

static struct found_job find_job(int job)
{
    int version = sim_database.version[job];
    struct found_job found = {
        .job.columns = {.key = {slice_of(sim_organization(job)), slice_of(ids[job])},
                        .attempt = version,
                        .type = slice_of(sim_type(version)),
                        .creator_id = slice_of(sim_creator(job)),
                        .status = STATUS_RUNNING,
                        .progress = PROGRESS_NONE,
                        .created_at_us = 0,
                        .started_at_us = TIME_NONE,
                        .finished_at_us = TIME_NONE,
                        .updated_at_us = 0},
        .id_lower = slice_of(ids[job])};

    return found;
}

int job_reader_find(struct job_reader *reader, struct slice organization_id,
                    const struct slice *job_ids, size_t id_count, const struct found_job **out,
                    size_t *count, struct err *err)
{
    static struct found_job found[SIM_JOBS];
    int rc = ask((struct reader *)reader, err);

    *out = found;
    *count = 0;
    for (int job = 0; !rc && job < SIM_JOBS; job++)
        for (size_t i = 0; i < id_count; i++)
            if (slice_equal(job_ids[i], slice_of(ids[job])) && sim_database.version[job] &&
                slice_equal(organization_id, slice_of(sim_organization(job))))
                found[(*count)++] = find_job(job);
    return rc;
}

int job_reader_lower(struct job_reader *reader, struct slice text, struct slice *out,
                     struct err *err)
{
    *out = text;
    return ask((struct reader *)reader, err);
}

int job_reader_freshness(struct job_reader *reader, const char *const *event_topics,
                         struct viewed_freshness *out, struct err *err)
{
    (void)event_topics;
    *out = (struct viewed_freshness){sim_database.now_us, 0};
    return ask((struct reader *)reader, err);
}
