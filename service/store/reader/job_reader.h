// SPDX-License-Identifier: Apache-2.0
// The read model as a viewer may see it: lists, one job, its history, its cancel requests, and how
// fresh all that is. Under a role that can only read, with row-level security set to the viewer's
// organisation in each transaction and the scope in every WHERE as well. Everything blocks, within
// the time limits given; a reader belongs to one thread at a time.
#pragma once

#include "core/cancel.h"
#include "core/row.h"
#include "store/connection/connection_options.h"

struct job_reader;

// What a viewer may see. creator_id null: every job of the organisation; else only that member's.
// A viewer who may see none does not come here.
struct job_scope {
    struct slice organization_id, creator_id;
};

// NEWEST_MAX: the "newest 10,000" of queries and of what follows.
enum { FILTER_TYPES_MAX = 32, NEWEST_MAX = 10000 };

enum job_moment { MOMENT_CREATED, MOMENT_STARTED, MOMENT_FINISHED, MOMENT_UPDATED, JOB_MOMENTS };

struct job_span { // both inclusive; TIME_NONE: open, and both open: also without that moment
    int64_t from_us, to_us;
};

struct job_filter {
    struct slice types[FILTER_TYPES_MAX]; // any of these; none: all
    size_t type_count;
    unsigned statuses; // bits 1 << enum job_status; 0: any
    struct job_span moments[JOB_MOMENTS];
    int64_t min_duration_s, max_duration_s; // of started to finished (or now); -1: none
    struct slice creator_id;                // null: anybody's
    // In id, message or type, or where the scope has every member's jobs the creator, without case;
    // null: none.
    struct slice text;
};

// One that all jobs pass.
struct job_filter job_filter_of_all(void);

enum job_sort {
    SORT_CREATED, // jobs whose creation is unknown come as if created last of all
    SORT_ID,
    SORT_UPDATED, // an ended job counts from its end
    // Those without a query of their own (job_sort.c), and any with filter.text, look at the newest
    // 10,000 in scope; with filter.text also at the job whose id it is.
    SORT_TYPE,
    SORT_STATUS,
    SORT_MESSAGE,
    SORT_PROGRESS,
    SORT_STARTED,
    SORT_FINISHED,
    SORT_DURATION, // of what has not ended until the moment of the cursor; not started: before all
    SORT_CREATOR,
    JOB_SORTS,
};

// Where a page begins: behind the job with these keys, in the order asked for. A key that no job
// has is as good as any other.
struct job_cursor {
    bool known;        // false: at the beginning
    int64_t number;    // of the sort key: a time (INT64_MAX: not known), a progress, a status,
                       // microseconds (-1: not started)
    struct slice text; // of the sort key: a type, a creator, or 100 characters of a message
    struct slice job_id;
    int64_t as_of_us; // of SORT_DURATION, else 0: so that what runs keeps its place on all pages
};

struct job_page {
    enum job_sort sort;
    bool descending;
    bool backwards; // the page before the cursor (without one: the last), in the order asked for
    size_t limit;   // 1 to 1,000
    struct job_cursor after;
};

// What became of a cancel command for a job's present attempt.
enum command_standing {
    COMMAND_NONE, // none was issued, or it was obeyed
    COMMAND_OPEN,
    COMMAND_UNANSWERED, // its time to be answered is over
    COMMAND_OVERTAKEN,  // the attempt ended otherwise
};

// A job as viewers see it.
struct viewed_job {
    struct job_columns columns; // without state and history
    struct job_cursor cursor;   // of this job, for the sort that was asked for
    enum command_standing command;
};

struct viewed_jobs {
    const struct viewed_job *jobs;
    size_t count;
    bool more;    // beyond this page, in its direction
    bool bounded; // only the newest 10,000 in scope were looked at, and there are more
};

struct job_total {
    int64_t count;
    bool exact; // else: more than that
    bool none;  // of all in scope, however old: no list need be read
};

// How long a running job may keep still before it is silent, by its type.
struct job_waits {
    int64_t now_us;
    int64_t after_us;          // of types that are not listed; 0: for ever
    const struct slice *types; // type_count of both
    const int64_t *after_us_of;
    size_t type_count;
};

struct job_counts {
    int64_t in_status[JOB_STATUSES];
    bool bounded;      // only the newest 10,000 in scope were looked at: all are of those
    bool open_unknown; // more than 10,000 are open: silent and unanswered are not known
    int64_t silent,
        unanswered; // running, and not heard of; told to stop, without an answer in time
    // Told to stop within the last day, and ended otherwise, of all jobs in scope; -1: not known,
    // since more than 1,000 of them were told.
    int64_t overtaken;
};

enum { TIMELINE_STEPS_MAX = 200 };

struct job_period {
    int64_t from_us, to_us; // both within it, from not behind to
    int64_t step_s;         // from 1; at most TIMELINE_STEPS_MAX of them, the last may be cut short
};

struct job_timeline {
    size_t step_count;
    int64_t in_status[TIMELINE_STEPS_MAX][JOB_STATUSES];
    // Of jobs created then or earlier not all were counted, since only the newest 10,000 in scope
    // were; TIME_NONE: all were.
    int64_t uncounted_to_us;
};

struct found_job {
    struct viewed_job job; // without the detail of an error
    struct slice id_lower, message_lower, type_lower, creator_lower; // where filter.text may be
};

struct viewed_event { // of a job's history
    struct slice set, kind;
    int32_t rank, attempt;            // rank 0 decides
    struct uuid event_id, command_id; // the latter zero: none
    int64_t occurred_at_us;
    struct slice message, type, creator_id, error_code;
    bool has_cancellable, cancellable;
};

struct viewed_cancellation { // as jobtrail.cancellation has it
    int64_t ledger_id;
    struct uuid request_id, command_id; // the latter zero: none
    struct slice job_id, requester_id, outcome, decision, reason_code, reason, channel;
    int32_t attempt;
    int64_t received_at_us, decided_at_us, issued_at_us, published_at_us, answer_by_us; // TIME_NONE
    int64_t waits_until_us; // TIME_NONE: it did not wait
    bool is_first;          // of the member whose requests come before all others
};

// Behind which request a page begins.
struct cancellation_cursor {
    bool known; // false: with the first
    bool is_first;
    int64_t received_at_us;
    struct uuid request_id;
};

struct cancellations_asked {
    struct slice job_id;
    // The member whose requests come before all others, so that nobody asks them out of the list.
    struct slice first;
    struct cancellation_cursor after;
    const struct uuid *request_id; // that one alone; NULL: all
    size_t limit;
};

struct viewed_freshness {
    int64_t as_of_us;      // the projection had all of every source then; TIME_NONE: never
    int64_t events_behind; // of all sources; -1: not known
    // What is asked from now on has all that was visible on the primary then; TIME_NONE: this is
    // it.
    int64_t replayed_us;
};

// As batch_store_new, batch_store_free and batch_store_connect, with the role of the store; FATAL
// with reason NO_READER_ROLE when it is no member of jobtrail_reader, READER_BOUND when it may not
// read every organisation.
struct job_reader *job_reader_new(const struct connection_options *options, struct err *err);
void job_reader_free(struct job_reader *reader);
int job_reader_connect(struct job_reader *reader, struct err *err);
bool job_reader_is_connected(const struct job_reader *reader);
// Notices, without asking anything, that the server has ended the connection.
void job_reader_notice_end(struct job_reader *reader);
void job_reader_disconnect(struct job_reader *reader);
// Tells servers apart: when the one that it is connected to started.
int64_t job_reader_server_started_us(const struct job_reader *reader);

// All that follows fails as the store does: RETRY (ask job_reader_is_connected; TOO_SLOW when it
// took longer than statement_timeout_ms), POISON for a text that PostgreSQL refuses (not UTF-8, or
// with a NUL in it), FATAL. What is handed out is borrowed until the reader's next call.

// Whether a RETRY is worth asking again at once: what a replica had to replay was in the way, or
// the server ended the connection.
bool job_reader_may_ask_again(const struct err *err);

int job_reader_list(struct job_reader *reader, const struct job_scope *scope,
                    const struct job_filter *filter, const struct job_page *page,
                    struct viewed_jobs *out, struct err *err);
// By the totals where they can tell (also that the whole organisation has no job of these types and
// statuses), else by counting up to 10,000; with filter.text, exactly what a list can show.
int job_reader_count(struct job_reader *reader, const struct job_scope *scope,
                     const struct job_filter *filter, struct job_total *out, struct err *err);
// How many match and stand before a page that follows a cursor, in the order asked for; of a page
// that was walked to backwards, before the cursor. -1 where that is not to be had cheaply: more
// than 10,000, another order than by creation, or a search.
int job_reader_count_before(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_page *page,
                            int64_t *out, struct err *err);
// How many match in each state: by the totals where they can tell, else among the newest 10,000 in
// scope that were created within the filter's bounds.
int job_reader_state_counts(struct job_reader *reader, const struct job_scope *scope,
                            const struct job_filter *filter, const struct job_waits *waits,
                            struct job_counts *out, struct err *err);
// How many that match were created in each step of a period and are in each state, among the newest
// 10,000 in scope that were created in it.
int job_reader_timeline(struct job_reader *reader, const struct job_scope *scope,
                        const struct job_filter *filter, const struct job_period *period,
                        struct job_timeline *out, struct err *err);
// *out is NULL for a job that is not there or not in scope: they cannot be told apart.
int job_reader_show(struct job_reader *reader, const struct job_scope *scope, struct slice job_id,
                    const struct viewed_job **out, struct err *err);
// Those of the ids that are jobs of the organisation, in any order, whoever's they are: the caller
// shows them to nobody who may not see them. scope.creator_id plays no part.
int job_reader_find(struct job_reader *reader, struct slice organization_id,
                    const struct slice *job_ids, size_t id_count, const struct found_job **out,
                    size_t *count, struct err *err);
// A text as filter.text is compared: in lower case.
int job_reader_lower(struct job_reader *reader, struct slice text, struct slice *out,
                     struct err *err);
// In the order of the sets creation, start, end, best first. Of a job that job_reader_show gave.
int job_reader_history(struct job_reader *reader, const struct job_scope *scope,
                       struct slice job_id, const struct viewed_event **out, size_t *count,
                       struct err *err);
// The types of the jobs in scope, in order: limit of them at most, from this one on (null: from the
// first).
int job_reader_types(struct job_reader *reader, const struct job_scope *scope, struct slice from,
                     size_t limit, const struct slice **out, size_t *count, struct err *err);
// The cancel requests about a job, the newest before others. scope.creator_id, where it is set,
// stands for the requester as well: whoever is known to have asked may see what came of it.
int job_reader_cancellations(struct job_reader *reader, const struct job_scope *scope,
                             const struct cancellations_asked *asked,
                             const struct viewed_cancellation **out, size_t *count,
                             struct err *err);
// One of them, by its request id, as of the member who asked. *out is NULL if there is none.
int job_reader_cancellation(struct job_reader *reader, struct slice organization_id,
                            struct slice requester_id, const struct uuid *request_id,
                            const struct viewed_cancellation **out, struct err *err);
// event_topics: NULL-terminated.
int job_reader_freshness(struct job_reader *reader, const char *const *event_topics,
                         struct viewed_freshness *out, struct err *err);
// The offset that the projection reads next in that partition; -1: it has read nothing of it.
int job_reader_position(struct job_reader *reader, const struct source *source,
                        int64_t *next_offset, struct err *err);
