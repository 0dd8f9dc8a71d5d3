// SPDX-License-Identifier: Apache-2.0
// What the live hub asks PostgreSQL, asked of the made servers.
#include "sim/stream_sim_database.h"

#include <stdlib.h>

#include "core/stream_resume.h"

enum { COMMIT_SLACK_US = 1000 * 1000 }; // as in store/reader/change_reader.c

static const char *const ids[SIM_JOBS] = {"j0", "j1", "j2", "j3", "j4",  "j5",
                                          "j6", "j7", "j8", "j9", "j10", "j11"};

// What stands for both kinds of readers.
struct reader {
    const char *conninfo;
    int64_t server_us; // the start of the server it is connected to; 0: not connected
    bool is_replica;   // the server, when it was asked where to begin
    int64_t replayed_us;
};

static const struct sim_server *server_of(const struct reader *reader)
{
    return sim_server(reader->conninfo);
}

static bool reads_replica(const struct reader *reader)
{
    return server_of(reader) == &sim_database.replica;
}

static struct reader *new_reader(const struct connection_options *options)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (reader)
        reader->conninfo = options->conninfo;
    return reader;
}

static int fail(struct reader *reader, struct err *err)
{
    reader->server_us = 0;
    return err_set(err, RETRY, "MADE", "made up");
}

static int ask(struct reader *reader, struct err *err)
{
    bool fails = dice_percent(sim_database.dice, sim_database.fails_percent);

    return reader->server_us == server_of(reader)->started_us && !fails ? DONE : fail(reader, err);
}

static int connect_reader(struct reader *reader, struct err *err)
{
    reader->server_us = server_of(reader)->started_us;
    return ask(reader, err);
}

struct change_reader *change_reader_new(const struct connection_options *options, struct err *err)
{
    (void)err;
    return (struct change_reader *)new_reader(options);
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

static void take_replayed(struct reader *reader)
{
    int64_t now_us = sim_database.replayed_us, before_us = reader->replayed_us;

    if (now_us != TIME_NONE && (now_us >= before_us || before_us - now_us > COMMIT_SLACK_US))
        reader->replayed_us = now_us;
}

void change_reader_disconnect(struct change_reader *reader)
{
    ((struct reader *)reader)->server_us = 0;
}

// What it is by the primary's clock, as far as the server knows.
static int64_t clock_of(const struct reader *reader, int64_t newest_us)
{
    if (!reads_replica(reader))
        return sim_database.now_us;
    if (sim_database.replayed_us != TIME_NONE)
        return sim_database.replayed_us;
    return newest_us ? newest_us : sim_database.now_us;
}

int change_reader_start(struct change_reader *self, struct change_start *out, struct err *err)
{
    struct reader *reader = (struct reader *)self;
    const struct sim_server *server = server_of(reader);
    int64_t settled = -1, first = sim_database.next_id, newest_us = 0, now_us;
    int rc = ask(reader, err);

    for (size_t i = server->kept; i < server->end; i++)
        if (sim_database.log[i].began_at_us > newest_us)
            newest_us = sim_database.log[i].began_at_us;
    now_us = clock_of(reader, newest_us);
    for (size_t i = server->kept; i < server->end; i++) {
        const struct sim_change *change = &sim_database.log[i];

        if (change->began_at_us <= now_us - (RESUME_S + CHANGE_COMMITS_WITHIN_S) * US_PER_SECOND &&
            change->id > settled)
            settled = change->id;
        if (change->id < first)
            first = change->id;
    }
    if (settled < 0)
        settled = first > 1000 ? first - 1000 : 0;
    *out = (struct change_start){.after = settled,
                                 .all_since_us =
                                     now_us - (RESUME_S - CHANGE_COMMITS_WITHIN_S) * US_PER_SECOND,
                                 .server_started_us = server->started_us,
                                 .is_replica = reads_replica(reader)};
    reader->is_replica = out->is_replica;
    reader->replayed_us = TIME_NONE;
    take_replayed(reader);
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

static void take_times(struct reader *reader, struct viewed_changes *out)
{
    out->asked_us = out->seen_us = sim_database.now_us;
    if (!reader->is_replica)
        return;
    out->asked_us = reader->replayed_us == TIME_NONE ? 0 : reader->replayed_us;
    take_replayed(reader);
    out->seen_us =
        reader->replayed_us == TIME_NONE ? INT64_MAX : reader->replayed_us + COMMIT_SLACK_US;
}

int change_reader_read(struct change_reader *self, int64_t after, const int64_t *missing,
                       size_t missing_count, struct viewed_changes *out, struct err *err)
{
    static struct viewed_change found[SIM_CHANGES];
    static struct job_key keys[SIM_CHANGES][SIM_JOBS];
    struct reader *reader = (struct reader *)self;
    const struct sim_server *server = server_of(reader);
    int rc = ask(reader, err);

    if (!rc && reader->is_replica != reads_replica(reader))
        rc = fail(reader, err); // promoted
    *out = (struct viewed_changes){.changes = found, .is_all = true};
    take_times(reader, out);
    for (size_t i = server->kept; !rc && i < server->end; i++) {
        const struct sim_change *change = &sim_database.log[i];
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
    (void)err;
    return (struct job_reader *)new_reader(options);
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

// Noticed when it is asked something.
void job_reader_notice_end(struct job_reader *reader)
{
    (void)reader;
}

void job_reader_disconnect(struct job_reader *reader)
{
    ((struct reader *)reader)->server_us = 0;
}

int64_t job_reader_server_started_us(const struct job_reader *reader)
{
    return ((const struct reader *)reader)->server_us;
}

bool job_reader_may_ask_again(const struct err *err)
{
    (void)err;
    return false;
}

static struct found_job find_job(int job, int version)
{
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

int job_reader_find(struct job_reader *self, struct slice organization_id,
                    const struct slice *job_ids, size_t id_count, const struct found_job **out,
                    size_t *count, struct err *err)
{
    static struct found_job found[SIM_JOBS];
    struct reader *reader = (struct reader *)self;
    const int *version = server_of(reader)->version;
    int rc = ask(reader, err);

    *out = found;
    *count = 0;
    for (int job = 0; !rc && job < SIM_JOBS; job++)
        for (size_t i = 0; i < id_count; i++)
            if (slice_equal(job_ids[i], slice_of(ids[job])) && version[job] &&
                slice_equal(organization_id, slice_of(sim_organization(job))))
                found[(*count)++] = find_job(job, version[job]);
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
    *out = (struct viewed_freshness){.as_of_us = sim_database.now_us, .replayed_us = TIME_NONE};
    return ask((struct reader *)reader, err);
}

// Nobody waits for a position here.
int job_reader_position(struct job_reader *reader, const struct source *source,
                        int64_t *next_offset, struct err *err)
{
    (void)source;
    *next_offset = -1;
    return ask((struct reader *)reader, err);
}
