// SPDX-License-Identifier: Apache-2.0
#include "store/connection/blame.h"

#include <stdio.h>
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

// tests/store/projection/blame_test.c holds the list against the catalog.
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

// As the migrations made them; tests/store/projection/blame_test.c holds them against the catalog.
static const char *const functions[] = {
    "require",        "protect",          "admit_reader",      "status_name",
    "unpack_history", "or_infinity",      "cancel_outcome",    "job_matches",
    "relay_lives",    "relay_of_before",  "read_organization", "reads_any_organization",
    "epoch",          "is_gone_for_good", "acts_as",           "job_passes",
};

// What a result tells of where it happened; texts live as long as it.
struct place {
    const char *schema, *table, *column, *constraint;
    const char *context; // line by line from the inside outwards; NULL: in no function
};

static struct place place_of(const PGresult *result)
{
    return (struct place){
        .schema = PQresultErrorField(result, PG_DIAG_SCHEMA_NAME),
        .table = PQresultErrorField(result, PG_DIAG_TABLE_NAME),
        .column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME),
        .constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME),
        .context = PQresultErrorField(result, PG_DIAG_CONTEXT),
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

    if (blame_is_theirs(place.context))
        return NULL;
    switch (meaning_of(&place)) {
    case REPLACED:
        return "JT002";
    case CONFLICT:
        return "JT004";
    default:
        return NULL;
    }
}

bool blame_is_needed(const PGresult *result, const char *sqlstate)
{
    static const char *const classes[] = {"22", "23", "54", "P0"};
    // The world fails and locks are waited for within functions, too.
    static const char *const of_the_world[] = {"JT", "08", "25", "28", "40",
                                               "53", "55", "57", "58", "XX"};
    const char *source = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

    if (!strcmp(sqlstate, "JT005"))
        return true;
    // A rule that our statement cannot be rewritten with.
    if (!strcmp(sqlstate, "0A000") && source && !strcmp(source, "RewriteQuery"))
        return true;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (!strncmp(sqlstate, classes[i], 2))
            return true;
    for (size_t i = 0; i < sizeof of_the_world / sizeof *of_the_world; i++)
        if (!strncmp(sqlstate, of_the_world[i], 2))
            return false;
    return blame_is_theirs(PQresultErrorField(result, PG_DIAG_CONTEXT));
}

// Whether the server was still reading a parameter that we sent: its words are translated, the $1
// is not. Whatever happens later has another context or none (session.sql keeps values out of it).
static bool is_of_parameter(const char *context)
{
    const char *number = context && !strchr(context, '\n') ? strrchr(context, '$') : NULL;

    return number && number[1] && strspn(number + 1, "0123456789") == strlen(number + 1);
}

bool blame_is_theirs(const char *context)
{
    if (!context || !*context || is_of_parameter(context))
        return false;
    if (strstr(context, "inline_code_block")) // of a migration
        return false;
    // A foreign key is looked up by a query of the server's own, in no function.
    if (!strchr(context, '\n') && strstr(context, " FROM ONLY \"jobtrail"))
        return false;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        char call[64], name[64];

        snprintf(call, sizeof call, "jobtrail.%s(", functions[i]);
        snprintf(name, sizeof name, "\"%s\"", functions[i]);
        if (strstr(context, call) || strstr(context, name))
            return false;
    }
    return true;
}

// A text that is none, a time that cannot be, an array too large: of an event only if it was the
// value as it was sent. Anything that others compute has the same codes.
static bool is_sent_value(const char *sqlstate, const struct place *place)
{
    static const char *const codes[] = {"22021", "22P05", "22008", "54000"};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(sqlstate, codes[i]))
            return is_of_parameter(place->context);
    return false;
}

// A constraint of ours that holds values, or an index of ours that one is too large for.
static bool is_rule(const char *sqlstate, enum meaning meaning)
{
    return meaning == VALUE || (meaning != OTHERS && !strcmp(sqlstate, "54000"));
}

static bool is_value(const char *sqlstate, enum meaning meaning, bool breaks_rules,
                     const struct place *place)
{
    if (blame_is_theirs(place->context))
        return false;
    return is_rule(sqlstate, meaning) ? breaks_rules : is_sent_value(sqlstate, place);
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

static int blame_changer(const char *sqlstate, const struct place *place, struct slice words,
                         struct err *err)
{
    return err_set(err, FATAL, "SCHEMA_ALTERED",
                   "%.*s (SQLSTATE %s), though what was sent keeps %s: somebody's trigger or rule "
                   "changes values, or that is not as jobtrail made it; no event is to blame. See: "
                   "psql, \\d %s.%s; take the trigger away (DROP TRIGGER NAME ON %s.%s), or "
                   "restore what was altered",
                   (int)words.size, words.data, sqlstate, place->constraint, place->schema,
                   place->table, place->schema, place->table);
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

// words: the table, as the statements in queries/ tell it.
static int blame_swallower(struct slice words, struct err *err)
{
    return err_set(err, FATAL, "SCHEMA_ALTERED",
                   "PostgreSQL wrote fewer rows of %.*s than it was given (SQLSTATE JT005), and "
                   "nothing was kept of that batch: a trigger or a rule that somebody added "
                   "swallows rows. See which: psql, \\d %.*s; and take it away (DROP TRIGGER NAME "
                   "ON %.*s)",
                   (int)words.size, words.data, (int)words.size, words.data, (int)words.size,
                   words.data);
}

// The outermost line of where it happened, so that it is the trigger's own function.
static int blame_function(const char *sqlstate, const struct place *place, struct slice words,
                          struct err *err)
{
    const char *context = place->context ? place->context : "";
    const char *line = strrchr(context, '\n') ? strrchr(context, '\n') + 1 : context;
    struct slice where = slice_of(line);

    return err_set(
        err, FATAL, "SCHEMA_ALTERED",
        "%.*s (SQLSTATE %s)%s%.*s: no event is to blame for that. Look for a trigger, a rule, a "
        "check, an index or a default that somebody added to the tables of the schemas jobtrail "
        "and jobtrail_p1 (psql: \\d TABLE), and take it away",
        (int)words.size, words.data, sqlstate, where.size ? ", in " : "",
        (int)utf8_cut(where, WORDS_MAX), where.data);
}

int blame_refusal(const PGresult *result, const char *sqlstate, bool breaks_rules, bool *reconnect,
                  struct err *err)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    struct place place = place_of(result);
    struct slice words = {text ? text : "no message", strcspn(text ? text : "no message", "\n")};
    enum meaning meaning = meaning_of(&place);

    *reconnect = false;
    if (is_value(sqlstate, meaning, breaks_rules, &place))
        return blame_value(sqlstate, words, err);
    *reconnect = true;
    words.size = utf8_cut(words, WORDS_MAX);
    if (!strcmp(sqlstate, "JT005"))
        return blame_swallower(words, err);
    if (blame_is_theirs(place.context))
        return blame_function(sqlstate, &place, words, err);
    if (!strcmp(sqlstate, "2200H"))
        return err_set(err, RETRY, "SEQUENCE_EXHAUSTED",
                       "%.*s (SQLSTATE %s): no event is to blame for that; as its owner: ALTER "
                       "SEQUENCE ... NO MAXVALUE",
                       (int)words.size, words.data, sqlstate);
    if (meaning == DRAWN && !strcmp(sqlstate, "23505"))
        return blame_sequence(&place, words, err);
    if (is_rule(sqlstate, meaning))
        return blame_changer(sqlstate, &place, words, err);
    if (place.schema && place.table && place.constraint)
        return blame_constraint(sqlstate, &place, words, err);
    if (place.schema && place.table && place.column)
        return blame_column(sqlstate, &place, words, err);
    return blame_function(sqlstate, &place, words, err);
}
