// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/cancellations_watch.h"

#include <stdlib.h>

#include "store/connection/arrays.h"
#include "store/connection/link.h"
#include "store/connection/values.h"
#include "store/ledger/cancellation_query.h"
#include "store/ledger/followed.h"

#define WHO "jobtrail cancellations"

// So many are new at most in one answer; the others come with the next.
enum { NEW_AT_ONCE = 500 };

struct cancellations_watch {
    const char *conninfo; // borrowed
    struct cancellations_filter filter;
    PGconn *connection; // NULL: none
    struct parameters parameters;
    struct followed followed;
    bool has_begun;
};

int cancellations_watch_new(const char *conninfo, const struct cancellations_filter *filter,
                            struct cancellations_watch **out, struct err *err)
{
    struct cancellations_watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        return err_no_memory(err);
    watch->conninfo = conninfo;
    watch->filter = *filter;
    parameters_init(&watch->parameters);
    *out = watch;
    return DONE;
}

void cancellations_watch_free(struct cancellations_watch *watch)
{
    if (!watch)
        return;
    PQfinish(watch->connection);
    parameters_free(&watch->parameters);
    free(watch);
}

static int ask(struct cancellations_watch *watch, const char *query, PGresult **answer,
               struct err *err)
{
    return link_ask(watch->connection, query, &watch->parameters, LINK_QUERY_TIMEOUT_MS, answer,
                    err);
}

static int ask_end(struct cancellations_watch *watch, int64_t *end, struct err *err)
{
    PGresult *answer = NULL;
    int rc;

    parameters_clear(&watch->parameters);
    rc = ask(watch, "cancellations_end", &answer, err);
    *end = rc ? 0 : value_int8(answer, 0, 0);
    PQclear(answer);
    return rc;
}

static int ask_newest(struct cancellations_watch *watch, int limit, PGresult **answer,
                      struct err *err)
{
    parameters_clear(&watch->parameters);
    parameters_add_int8(&watch->parameters, limit);
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.organization));
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.job));
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.requester));
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.outcome));
    return ask(watch, "cancellations_list", answer, err);
}

static int ask_since(struct cancellations_watch *watch, PGresult **answer, struct err *err)
{
    const struct followed *followed = &watch->followed;
    struct buffer *ids;

    parameters_clear(&watch->parameters);
    parameters_add_int8(&watch->parameters, (int64_t)followed->count + NEW_AT_ONCE);
    parameters_add_int8(&watch->parameters, followed->floor);
    ids = parameters_next(&watch->parameters);
    array_begin(ids, ARRAY_INT8, followed->count);
    for (size_t i = 0; i < followed->count; i++)
        array_int8(ids, followed->rows[i].id);
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.organization));
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.job));
    parameters_add_bytes(&watch->parameters, slice_of(watch->filter.requester));
    return ask(watch, "cancellations_since", answer, err);
}

// The outcomes that change no more come last.
static const char *const outcomes[] = {"pending", "open",      "unanswered", "withdrawn",
                                       "refused", "overtaken", "honoured"};
enum { FIRST_SETTLED = 4, OUTCOMES = sizeof outcomes / sizeof *outcomes };

static int outcome_number(struct slice outcome)
{
    int number = 0;

    while (number < OUTCOMES && !slice_equal(outcome, slice_of(outcomes[number])))
        number++;
    return number;
}

static void visit(struct cancellations_watch *watch, const PGresult *answer, int row,
                  const struct cancellations_visitor *visitor)
{
    struct kept_cancellation cancellation = cancellation_query_read(answer, row);
    const char *wanted = watch->filter.outcome;
    int number = outcome_number(cancellation.outcome);

    if (followed_note(&watch->followed, cancellation.id, number, number >= FIRST_SETTLED) &&
        (!wanted || slice_equal(cancellation.outcome, slice_of(wanted))))
        visitor->visit(visitor->self, &cancellation);
}

static int begin(struct cancellations_watch *watch, int64_t end, int limit, int64_t now_us,
                 const struct cancellations_visitor *visitor, struct err *err)
{
    PGresult *answer = NULL;
    int rc = ask_newest(watch, limit, &answer, err);

    if (rc)
        return rc;
    followed_begin(&watch->followed, end, now_us);
    watch->has_begun = true;
    for (int row = PQntuples(answer) - 1; row >= 0; row--)
        visit(watch, answer, row, visitor);
    PQclear(answer);
    return DONE;
}

static int go_on(struct cancellations_watch *watch, int64_t end, int64_t now_us,
                 const struct cancellations_visitor *visitor, struct err *err)
{
    PGresult *answer = NULL;
    size_t most = watch->followed.count + NEW_AT_ONCE;
    int rc = ask_since(watch, &answer, err);
    bool is_all = !rc && (size_t)PQntuples(answer) < most;

    for (int row = 0; !rc && row < PQntuples(answer); row++)
        visit(watch, answer, row, visitor);
    PQclear(answer);
    if (is_all)
        followed_turn(&watch->followed, end, now_us);
    return rc;
}

int cancellations_watch_poll(struct cancellations_watch *watch, int limit, int64_t now_us,
                             const struct cancellations_visitor *visitor, struct err *err)
{
    int64_t end;
    int rc;

    if (!watch->connection)
        watch->connection = link_open(watch->conninfo, WHO, LINK_CONNECT_TIMEOUT_MS, NULL, err);
    if (!watch->connection)
        return (int)err->disposition;
    rc = ask_end(watch, &end, err);
    if (!rc)
        rc = watch->has_begun ? go_on(watch, end, now_us, visitor, err)
                              : begin(watch, end, limit, now_us, visitor, err);
    if (!rc)
        return DONE;
    PQfinish(watch->connection);
    watch->connection = NULL;
    return rc;
}
