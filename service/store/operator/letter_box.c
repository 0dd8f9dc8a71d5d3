// SPDX-License-Identifier: Apache-2.0
#include "store/operator/letter_box.h"

#include <stdlib.h>

#include "store/connection/arrays.h"
#include "store/connection/link.h"
#include "store/connection/values.h"
#include "store/operator/dead_letters_private.h"
#include "store/source/dead_letter_query.h"

struct letter_box {
    PGconn *connection;
    struct parameters choice; // the first three parameters, and what is asked besides
    struct buffer ids;        // the array of them; empty: any
    char *topic, *reason;     // owned; NULL: any
    int64_t last_id, seen_id;
};

static void add_array(struct buffer *out, const int64_t *ids, size_t count)
{
    array_begin(out, ARRAY_INT8, count);
    for (size_t i = 0; i < count; i++)
        array_int8(out, ids[i]);
}

// Begins a question with what is chosen.
static struct parameters *question(struct letter_box *box)
{
    struct parameters *parameters = &box->choice;

    parameters_clear(parameters);
    parameters_add_bytes(parameters, box->ids.size ? buffer_slice(&box->ids) : SLICE_NULL);
    parameters_add_bytes(parameters, slice_of(box->topic));
    parameters_add_bytes(parameters, slice_of(box->reason));
    return parameters;
}

static int ask(struct letter_box *box, const char *query, struct parameters *parameters,
               PGresult **answer, struct err *err)
{
    return link_ask(box->connection, query, parameters, LINK_QUERY_TIMEOUT_MS, answer, err);
}

static int remember(struct letter_box *box, const struct letter_choice *choice, struct err *err)
{
    if (choice->ids)
        add_array(&box->ids, choice->ids, choice->id_count);
    if (choice->topic)
        box->topic = strdup(choice->topic);
    if (choice->reason)
        box->reason = strdup(choice->reason);
    return box->ids.failed || (choice->topic && !box->topic) || (choice->reason && !box->reason)
               ? err_no_memory(err)
               : DONE;
}

static int count_chosen(struct letter_box *box, int64_t *count, struct err *err)
{
    PGresult *answer = NULL;
    int rc = ask(box, "dead_letters_chosen", question(box), &answer, err);

    if (!rc) {
        *count = value_int8(answer, 0, 0);
        box->last_id = value_int8(answer, 0, 1);
    }
    PQclear(answer);
    return rc;
}

int letter_box_open(const char *conninfo, const struct letter_choice *choice,
                    struct letter_box **out, int64_t *count, struct err *err)
{
    struct letter_box *box = calloc(1, sizeof *box);
    int rc;

    if (!box)
        return err_no_memory(err);
    parameters_init(&box->choice);
    buffer_init(&box->ids);
    rc = remember(box, choice, err);
    if (!rc) {
        box->connection =
            link_open(conninfo, "jobtrail dead-letters", LINK_CONNECT_TIMEOUT_MS, NULL, err);
        rc = box->connection ? ask(box, "session_writes", NULL, NULL, err) : (int)err->disposition;
    }
    if (!rc)
        rc = count_chosen(box, count, err);
    if (rc)
        letter_box_close(box);
    else
        *out = box;
    return rc;
}

void letter_box_close(struct letter_box *box)
{
    if (!box)
        return;
    PQfinish(box->connection);
    parameters_free(&box->choice);
    buffer_free(&box->ids);
    free(box->topic);
    free(box->reason);
    free(box);
}

static int visit(struct letter_box *box, const PGresult *letter,
                 const struct dead_letters_visitor *visitor, struct err *err)
{
    struct parameters parameters;
    PGresult *headers = NULL;
    int rc;

    box->seen_id = value_int8(letter, 0, 0);
    parameters_init(&parameters);
    parameters_add_int8(&parameters, box->seen_id);
    rc = ask(box, "dead_letter_headers", &parameters, &headers, err);
    parameters_free(&parameters);
    if (!rc)
        rc = dead_letter_visit(letter, headers, visitor, err);
    PQclear(headers);
    return rc;
}

int letter_box_next(struct letter_box *box, const struct dead_letters_visitor *visitor, bool *found,
                    struct err *err)
{
    struct parameters *parameters = question(box);
    PGresult *answer = NULL;
    int rc;

    parameters_add_int8(parameters, box->seen_id);
    parameters_add_int8(parameters, box->last_id);
    rc = ask(box, "dead_letters_next", parameters, &answer, err);
    *found = !rc && PQntuples(answer) == 1;
    if (*found)
        rc = visit(box, answer, visitor, err);
    PQclear(answer);
    return rc;
}

int letter_box_remove(struct letter_box *box, const int64_t *ids, size_t count, struct err *err)
{
    struct parameters parameters;
    int rc = DONE;

    if (!count)
        return DONE;
    parameters_init(&parameters);
    add_array(parameters_next(&parameters), ids, count);
    rc = ask(box, "dead_letters_remove", &parameters, NULL, err);
    parameters_free(&parameters);
    return rc;
}

static void add_time(struct parameters *parameters, int64_t time_us)
{
    if (time_us == TIME_NONE)
        parameters_add_bytes(parameters, SLICE_NULL);
    else
        parameters_add_int8(parameters, time_to_postgres(time_us));
}

int letter_box_add(struct letter_box *box, const struct dead_letter *letter, int64_t created_at_us,
                   int64_t published_at_us, bool *added, struct err *err)
{
    struct parameters parameters;
    PGresult *answer = NULL;
    int rc;

    parameters_init(&parameters);
    dead_letter_parameters(letter, &parameters);
    add_time(&parameters, created_at_us);
    add_time(&parameters, published_at_us);
    rc = ask(box, "dead_letter_import", &parameters, &answer, err);
    *added = !rc && PQntuples(answer) == 1;
    PQclear(answer);
    parameters_free(&parameters);
    return rc;
}

int letter_box_discard(struct letter_box *box, bool unpublished, int64_t *removed, struct err *err)
{
    int rows = 1, rc = DONE;

    for (*removed = 0; !rc && rows; *removed += rows) {
        struct parameters *parameters = question(box);
        PGresult *answer = NULL;

        parameters_add_int8(parameters, box->last_id);
        parameters_add_int4(parameters, unpublished);
        rc = ask(box, "dead_letters_discard", parameters, &answer, err);
        rows = rc ? 0 : PQntuples(answer);
        PQclear(answer);
    }
    return rc;
}
