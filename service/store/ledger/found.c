// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/found.h"

#include "store/connection/columns.h"
#include "store/connection/values.h"
#include "store/ledger/outbox_private.h"

int found_epoch(struct outbox *outbox, char epoch[EPOCH_BYTES], bool *is_another, struct err *err)
{
    int rc = outbox_ask(outbox, "outbox_epoch", NULL, err);
    struct slice text;

    *epoch = '\0';
    *is_another = false;
    if (rc)
        return rc;
    text = value_bytes(outbox->answer, 0, 0);
    if (text.size >= EPOCH_BYTES)
        return err_set(err, RETRY, "ANSWER", "PostgreSQL's answer cannot be read");
    memcpy(epoch, text.data, text.size);
    epoch[text.size] = '\0';
    *is_another = value_bool(outbox->answer, 0, 1);
    return DONE;
}

static int ask(struct outbox *outbox, const char *name, struct parameters *parameters,
               struct err *err)
{
    int rc = outbox_ask(outbox, name, parameters, err);

    parameters_free(parameters);
    return rc;
}

int found_all(struct outbox *outbox, const char *epoch, struct err *err)
{
    struct parameters parameters;

    parameters_init(&parameters);
    parameters_add_bytes(&parameters, slice_of(epoch));
    return ask(outbox, "outbox_compared", &parameters, err);
}

int found_commands(struct outbox *outbox, const struct found_command *commands, size_t count,
                   bool may_note_published, size_t *rows, struct err *err)
{
    struct strided items = STRIDED(commands, count);
    struct parameters out;
    int rc;

    *rows = 0;
    parameters_init(&out);
    column_uuids(&out, items, offsetof(struct found_command, command_id));
    column_uuids(&out, items, offsetof(struct found_command, request_id));
    column_texts(&out, items, offsetof(struct found_command, organization_id));
    column_texts(&out, items, offsetof(struct found_command, job_id));
    column_int4s(&out, items, offsetof(struct found_command, attempt));
    column_texts(&out, items, offsetof(struct found_command, type));
    column_texts(&out, items, offsetof(struct found_command, requester_id));
    column_texts(&out, items, offsetof(struct found_command, reason));
    column_texts(&out, items, offsetof(struct found_command, traceparent));
    column_times(&out, items, offsetof(struct found_command, issued_at_us));
    column_times(&out, items, offsetof(struct found_command, answer_by_us));
    column_times(&out, items, offsetof(struct found_command, published_at_us));
    parameters_add_int4(&out, may_note_published);
    rc = ask(outbox, "found_commands", &out, err);
    if (!rc)
        *rows = (size_t)PQntuples(outbox->answer);
    return rc;
}

int found_decisions(struct outbox *outbox, const struct found_decision *decisions, size_t count,
                    size_t *rows, struct err *err)
{
    struct strided items = STRIDED(decisions, count);
    struct parameters out;
    int rc;

    *rows = 0;
    parameters_init(&out);
    column_uuids(&out, items, offsetof(struct found_decision, request_id));
    column_texts(&out, items, offsetof(struct found_decision, organization_id));
    column_texts(&out, items, offsetof(struct found_decision, job_id));
    column_texts(&out, items, offsetof(struct found_decision, requester_id));
    column_texts(&out, items, offsetof(struct found_decision, decision));
    column_texts(&out, items, offsetof(struct found_decision, reason_code));
    column_uuids_or_null(&out, items, offsetof(struct found_decision, command_id));
    column_texts(&out, items, offsetof(struct found_decision, traceparent));
    column_times(&out, items, offsetof(struct found_decision, decided_at_us));
    column_times(&out, items, offsetof(struct found_decision, published_at_us));
    rc = ask(outbox, "found_decisions", &out, err);
    if (!rc)
        *rows = (size_t)PQntuples(outbox->answer);
    return rc;
}

// Of either: what the last column says is its own affair.
static struct found_row read_row(const PGresult *answer, int index)
{
    return (struct found_row){
        .id = value_uuid(answer, index, 0),
        .organization_id = value_bytes(answer, index, 1),
        .job_id = value_bytes(answer, index, 2),
        .requester_id = value_bytes(answer, index, 3),
    };
}

void found_command_row(const struct outbox *outbox, size_t index, struct found_row *out)
{
    *out = read_row(outbox->answer, (int)index);
    out->is_foreign = value_bool(outbox->answer, (int)index, 4);
}

void found_decision_row(const struct outbox *outbox, size_t index, struct found_row *out)
{
    *out = read_row(outbox->answer, (int)index);
    out->is_lost = value_bool(outbox->answer, (int)index, 4);
}

int found_untold(struct outbox *outbox, size_t *count, struct err *err)
{
    int rc = outbox_ask(outbox, "found_untold", NULL, err);

    *count = rc ? 0 : (size_t)value_int8(outbox->answer, 0, 0);
    return rc;
}

static void add_sources(struct parameters *out, const struct published_position *positions,
                        size_t count)
{
    struct strided items = STRIDED(positions, count);

    column_texts(out, items, offsetof(struct published_position, source.topic));
    column_int4s(out, items, offsetof(struct published_position, source.partition));
}

int published_positions(struct outbox *outbox, struct slice cluster_id,
                        struct published_position *positions, size_t count, struct err *err)
{
    struct parameters out;
    int rc;

    parameters_init(&out);
    add_sources(&out, positions, count);
    parameters_add_bytes(&out, cluster_id);
    rc = ask(outbox, "published_positions", &out, err);
    for (size_t i = 0; !rc && i < count && i < (size_t)PQntuples(outbox->answer); i++)
        positions[i].next_offset =
            PQgetisnull(outbox->answer, (int)i, 0) ? -1 : value_int8(outbox->answer, (int)i, 0);
    return rc;
}

int published_positions_move(struct outbox *outbox, struct slice cluster_id,
                             const struct published_position *positions, size_t count,
                             struct err *err)
{
    struct parameters out;

    parameters_init(&out);
    add_sources(&out, positions, count);
    column_int8s(&out, STRIDED(positions, count), offsetof(struct published_position, next_offset));
    parameters_add_bytes(&out, cluster_id);
    return ask(outbox, "published_positions_move", &out, err);
}
