// SPDX-License-Identifier: Apache-2.0
#include "store/connection/blame.h"

#include <string.h>

#include "base/utf8.h"

// What is said besides must have room in err.text.
enum { VALUE_WORDS_MAX = 300, WORDS_MAX = 130 };

// What a constraint, or an index, of ours means when it is violated.
enum meaning {
    OTHERS,   // not in the list: somebody else's, or one that only a fault of ours violates
    VALUE,    // it holds an event's or a request's own values
    DRAWN,    // the key of an id that a sequence draws
    REPLACED, // two writers met at a row
    CONFLICT, // two gates met
};

// tests/store/connection/blame_test.c holds the list against the catalog.
static const struct rule {
    const char *schema, *table, *constraint;
    enum meaning meaning;
} rules[] = {
    {"jobtrail_p1", "job", "job_attempt_check", VALUE},
    {"jobtrail_p1", "job", "job_organization_id_check", VALUE},
    {"jobtrail_p1", "job", "job_progress_check", VALUE},
    {"jobtrail_p1", "job", "job_status_check", VALUE},
    {"jobtrail_p1", "job", "job_pkey", REPLACED},
    {"jobtrail_p1", "job", "job_created_by", VALUE}, // the one index besides that holds a text
    {"jobtrail", "change", "change_pkey", DRAWN},
    {"jobtrail", "dead_letter", "dead_letter_pkey", DRAWN},
    {"jobtrail", "outbox", "outbox_pkey", DRAWN},
    {"jobtrail", "cancel_request", "cancel_request_pkey", DRAWN},
    {"jobtrail", "cancel_request", "cancel_request_identity", CONFLICT},
    {"jobtrail", "cancel_request", "cancel_request_topic_partition_record_offset_key", CONFLICT},
    {"jobtrail", "cancel_request", "cancel_request_channel_check", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_check", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_check1", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_check2", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_check3", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_check4", VALUE},
    {"jobtrail", "cancel_request", "cancel_request_decision_check", VALUE},
    {"jobtrail", "cancel_request",
     "cancel_request_command_id_job_id_organization_id_job_attem_fkey", VALUE},
    {"jobtrail", "cancel_command", "cancel_command_pkey", CONFLICT},
    {"jobtrail", "cancel_command", "cancel_command_job_id_organization_id_attempt_key", CONFLICT},
    {"jobtrail", "cancel_command", "cancel_command_attempt_check", VALUE},
    {"jobtrail", "cancel_command", "cancel_command_check", VALUE},
};

// What a result tells of where it happened; texts live as long as it.
struct place {
    const char *schema, *table, *column, *constraint;
    bool was_raised; // by a function's own RAISE
};

static struct place place_of(const PGresult *result)
{
    const char *source = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

    return (struct place){
        .schema = PQresultErrorField(result, PG_DIAG_SCHEMA_NAME),
        .table = PQresultErrorField(result, PG_DIAG_TABLE_NAME),
        .column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME),
        .constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME),
        .was_raised = source && !strcmp(source, "exec_stmt_raise"),
    };
}

static enum meaning meaning_of(const struct place *place)
{
    if (!place->schema || !place->table || !place->constraint)
        return OTHERS;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strcmp(place->constraint, rules[i].constraint) &&
            !strcmp(place->table, rules[i].table) && !strcmp(place->schema, rules[i].schema))
            return rules[i].meaning;
    return OTHERS;
}

const char *blame_meeting(const PGresult *result)
{
    struct place place = place_of(result);

    switch (meaning_of(&place)) {
    case REPLACED:
        return "JT002";
    case CONFLICT:
        return "JT004";
    default:
        return NULL;
    }
}

bool blame_is_needed(const char *sqlstate)
{
    static const char *const classes[] = {"22", "23", "54", "P0"};

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strncmp(sqlstate, classes[i], 2))
            return true;
    return false;
}

// Codes that nothing but a value as it was sent can have: a text that is none, a time that cannot
// be. A function that raises one of them itself is none of ours.
static bool is_sent_value(const char *sqlstate, const struct place *place)
{
    static const char *const codes[] = {"22021", "22P05", "22008"};

    if (place->was_raised || place->table)
        return false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(sqlstate, codes[i]))
            return true;
    return !strcmp(sqlstate, "54000");
}

static bool is_value(const char *sqlstate, enum meaning meaning, const struct place *place)
{
    if (!strcmp(sqlstate, "54000") && meaning != OTHERS) // too large for an index of ours
        return true;
    return meaning == VALUE || is_sent_value(sqlstate, place);
}

static int blame_value(const char *sqlstate, struct slice words, struct err *err)
{
    return err_set(err, POISON, strncmp(sqlstate, "54", 2) ? "DATA_REFUSED" : "DATA_TOO_LARGE",
                   "%.*s (SQLSTATE %s)", (int)utf8_cut(words, VALUE_WORDS_MAX), words.data,
                   sqlstate);
}

static int blame_sequence(const struct place *place, struct slice words, struct err *err)
{
    return err_set(err, RETRY, "SEQUENCE_BEHIND",
                   "%.*s: the sequence of %s.%s stands behind its table, as it does after rows "
                   "were restored without it; as the owner of the table: SELECT "
                   "setval(pg_get_serial_sequence('%s.%s', 'id'), max(id)) FROM %s.%s",
                   (int)words.size, words.data, place->schema, place->table, place->schema,
                   place->table, place->schema, place->table);
}

static int blame_constraint(const char *sqlstate, const struct place *place, struct slice words,
                            struct err *err)
{
    return err_set(
        err, FATAL, "SCHEMA_ALTERED",
        "%.*s (SQLSTATE %s): no event is to blame for that. Unless %s is jobtrail's own, "
        "take it away: ALTER TABLE %s.%s DROP CONSTRAINT \"%s\", or DROP INDEX "
        "%s.\"%s\" if it is an index alone",
        (int)words.size, words.data, sqlstate, place->constraint, place->schema, place->table,
        place->constraint, place->schema, place->constraint);
}

static int blame_column(const char *sqlstate, const struct place *place, struct slice words,
                        struct err *err)
{
    return err_set(err, FATAL, "SCHEMA_ALTERED",
                   "%.*s (SQLSTATE %s): no event is to blame for that. If somebody demanded it: "
                   "ALTER TABLE %s.%s ALTER COLUMN \"%s\" DROP NOT NULL, or a default",
                   (int)words.size, words.data, sqlstate, place->schema, place->table,
                   place->column);
}

// The innermost line of where it happened: the function, where there was one.
static int blame_function(const PGresult *result, const char *sqlstate, struct slice words,
                          struct err *err)
{
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    struct slice where = {context, context ? strcspn(context, "\n") : 0};

    return err_set(
        err, FATAL, "SCHEMA_ALTERED",
        "%.*s (SQLSTATE %s)%s%.*s: no event is to blame for that. Look for a trigger, a "
        "rule or a default that somebody added to the tables of the schemas jobtrail and "
        "jobtrail_p1, and take it away",
        (int)words.size, words.data, sqlstate, where.size ? ", in " : "",
        (int)utf8_cut(where, WORDS_MAX), where.size ? where.data : "");
}

int blame_refusal(const PGresult *result, const char *sqlstate, bool *reconnect, struct err *err)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    struct place place = place_of(result);
    struct slice words = {text ? text : "no message", strcspn(text ? text : "no message", "\n")};
    enum meaning meaning = meaning_of(&place);

    *reconnect = false;
    if (is_value(sqlstate, meaning, &place))
        return blame_value(sqlstate, words, err);
    *reconnect = true;
    words.size = utf8_cut(words, WORDS_MAX);
    if (!strcmp(sqlstate, "2200H"))
        return err_set(err, RETRY, "SEQUENCE_EXHAUSTED",
                       "%.*s (SQLSTATE %s): no event is to blame for that; as its owner: ALTER "
                       "SEQUENCE ... NO MAXVALUE",
                       (int)words.size, words.data, sqlstate);
    if (meaning == DRAWN && !strcmp(sqlstate, "23505"))
        return blame_sequence(&place, words, err);
    if (place.schema && place.table && place.constraint)
        return blame_constraint(sqlstate, &place, words, err);
    if (place.schema && place.table && place.column)
        return blame_column(sqlstate, &place, words, err);
    return blame_function(result, sqlstate, words, err);
}
