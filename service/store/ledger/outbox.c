// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/outbox.h"

#include <poll.h>
#include <stdlib.h>

#include "base/random.h"
#include "store/connection/arrays.h"
#include "store/connection/errors.h"
#include "store/connection/values.h"
#include "store/ledger/outbox_private.h"

// What is asked for every few messages.
static const char *const prepared[] = {"outbox_commands",          "outbox_decisions",
                                       "outbox_dead_letters",      "outbox_mark",
                                       "outbox_mark_dead_letters", NULL};

const char *outbox_kind_name(enum outbox_kind kind)
{
    static const char *const names[OUTBOX_KINDS] = {
        [OUTBOX_COMMAND] = "command",
        [OUTBOX_DECISION] = "decision",
        [OUTBOX_DEAD_LETTER] = "dead_letter",
    };

    return names[kind];
}

static bool is_prepared(const char *name)
{
    for (size_t i = 0; prepared[i]; i++)
        if (!strcmp(prepared[i], name))
            return true;
    return false;
}

struct outbox *outbox_new(const struct connection_options *options, struct err *err)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    if (!outbox) {
        err_no_memory(err);
        return NULL;
    }
    if (!session_init(&outbox->session, options, prepared, err)) {
        outbox->session.writes = true;
        return outbox;
    }
    outbox_free(outbox);
    return NULL;
}

void outbox_disconnect(struct outbox *outbox)
{
    PQclear(outbox->answer);
    outbox->answer = NULL;
    session_disconnect(&outbox->session);
    outbox->is_locked = false;
}

void outbox_free(struct outbox *outbox)
{
    if (!outbox)
        return;
    outbox_disconnect(outbox);
    session_close(&outbox->session);
    free(outbox);
}

bool outbox_is_connected(const struct outbox *outbox)
{
    return session_is_connected(&outbox->session);
}

bool outbox_is_locked(const struct outbox *outbox)
{
    return outbox->is_locked;
}

int outbox_ask(struct outbox *outbox, const char *name, struct parameters *parameters,
               struct err *err)
{
    int rc;

    PQclear(outbox->answer);
    outbox->answer = NULL;
    rc = (is_prepared(name) ? session_ask_prepared : session_ask)(&outbox->session, name,
                                                                  parameters, &outbox->answer, err);
    if (rc)
        outbox_disconnect(outbox);
    return rc;
}

static int ask_with_token(struct outbox *outbox, const char *name, struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, outbox->token);
    rc = outbox_ask(outbox, name, &parameters, err);
    parameters_free(&parameters);
    return rc;
}

int outbox_connect(struct outbox *outbox, struct err *err)
{
    int rc;

    outbox_disconnect(outbox);
    random_bytes(&outbox->token, sizeof outbox->token);
    rc = session_connect(&outbox->session, err);
    if (!rc)
        rc = outbox_ask(outbox, "outbox_session", NULL, err);
    if (!rc)
        rc = ask_with_token(outbox, "outbox_token", err);
    if (rc || value_bool(outbox->answer, 0, 0))
        return rc;
    outbox_disconnect(outbox);
    return err_set(err, RETRY, "RELAY_TOKEN", "what was drawn by chance was drawn already");
}

// It listens before it first looks, so that nothing is filled unnoticed between the two.
static int begin_work(struct outbox *outbox, struct err *err)
{
    int rc = outbox_ask(outbox, "outbox_lock_before", NULL, err);

    if (!rc)
        rc = outbox_ask(outbox, "outbox_listen", NULL, err);
    outbox->is_locked = !rc;
    return rc;
}

int outbox_lock(struct outbox *outbox, bool *held, struct err *err)
{
    int rc = 0;

    if (!outbox->is_locked) {
        rc = ask_with_token(outbox, "outbox_lock", err);
        if (!rc && PQntuples(outbox->answer))
            rc = begin_work(outbox, err);
    }
    *held = outbox->is_locked;
    return rc;
}

int outbox_lock_holder(struct outbox *outbox, struct outbox_lock_holder *out, struct err *err)
{
    int rc = outbox_ask(outbox, "outbox_lock_holder", NULL, err);

    *out = (struct outbox_lock_holder){0};
    if (rc || !PQntuples(outbox->answer))
        return rc;
    *out = (struct outbox_lock_holder){
        .pid = value_int4(outbox->answer, 0, 0),
        .user = value_bytes(outbox->answer, 0, 1),
        .application_name = value_bytes(outbox->answer, 0, 2),
        .is_relay = value_bool(outbox->answer, 0, 3),
    };
    return DONE;
}

// Takes what notifications have arrived, also those that came along with an answer.
static bool take_notifications(PGconn *connection)
{
    bool any = false;
    PGnotify *notification;

    while ((notification = PQnotifies(connection))) {
        PQfreemem(notification);
        any = true;
    }
    return any;
}

int outbox_wait(struct outbox *outbox, int wake_fd, int timeout_ms, bool *filled, struct err *err)
{
    struct pollfd fds[2] = {{.fd = wake_fd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};

    *filled = outbox->session.connection && take_notifications(outbox->session.connection);
    if (*filled)
        return DONE;
    if (outbox->session.connection)
        fds[1].fd = PQsocket(outbox->session.connection);
    if (poll(fds, 2, timeout_ms) <= 0 || !fds[1].revents)
        return DONE;
    if (!PQconsumeInput(outbox->session.connection)) {
        error_of_connection(outbox->session.connection, err);
        outbox_disconnect(outbox);
        return (int)err->disposition;
    }
    *filled = take_notifications(outbox->session.connection);
    return DONE;
}

static void add_ids(struct parameters *parameters, const int64_t *ids, size_t count)
{
    struct buffer *out = parameters_next(parameters);

    array_begin(out, ARRAY_INT8, count);
    for (size_t i = 0; i < count; i++)
        array_int8(out, ids[i]);
}

int outbox_claim(struct outbox *outbox, enum outbox_kind kind, const int64_t *without,
                 size_t without_count, size_t limit, size_t bytes_max, size_t *count,
                 struct err *err)
{
    static const char *const queries[OUTBOX_KINDS] = {"outbox_commands", "outbox_decisions",
                                                      "outbox_dead_letters"};
    struct parameters parameters;
    int rc;

    *count = 0;
    parameters_init(&parameters);
    add_ids(&parameters, without, without_count);
    parameters_add_int4(&parameters, (int32_t)limit);
    if (kind == OUTBOX_DEAD_LETTER)
        parameters_add_int8(&parameters, (int64_t)bytes_max);
    rc = outbox_ask(outbox, queries[kind], &parameters, err);
    parameters_free(&parameters);
    if (!rc)
        *count = (size_t)PQntuples(outbox->answer);
    return rc;
}

int outbox_mark(struct outbox *outbox, bool are_dead_letters, const int64_t *ids, size_t count,
                struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    add_ids(&parameters, ids, count);
    rc = outbox_ask(outbox, are_dead_letters ? "outbox_mark_dead_letters" : "outbox_mark",
                    &parameters, err);
    parameters_free(&parameters);
    return rc;
}

int outbox_withdraw(struct outbox *outbox, const int64_t *ids, size_t id_count, size_t *count,
                    struct err *err)
{
    struct parameters parameters;
    int rc;

    *count = 0;
    parameters_init(&parameters);
    add_ids(&parameters, ids, id_count);
    rc = outbox_ask(outbox, "outbox_withdraw", &parameters, err);
    parameters_free(&parameters);
    if (!rc)
        *count = (size_t)PQntuples(outbox->answer);
    return rc;
}

int outbox_refuse(struct outbox *outbox, bool is_dead_letter, int64_t id, const char *reason,
                  struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, id);
    parameters_add_bytes(&parameters, slice_of(reason));
    rc = outbox_ask(outbox, is_dead_letter ? "outbox_refuse_dead_letter" : "outbox_refuse",
                    &parameters, err);
    parameters_free(&parameters);
    return rc;
}

int outbox_count(struct outbox *outbox, struct outbox_counts *out, struct err *err)
{
    int rc = outbox_ask(outbox, "outbox_counts", NULL, err);

    if (!rc)
        *out = (struct outbox_counts){
            .rows = value_int8(outbox->answer, 0, 0),
            .open = value_int8(outbox->answer, 0, 1),
            .unanswered = value_int8(outbox->answer, 0, 2),
        };
    return rc;
}
