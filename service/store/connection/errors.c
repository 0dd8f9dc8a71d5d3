// SPDX-License-Identifier: Apache-2.0
#include "store/connection/errors.h"

#include <string.h>

#include "base/utf8.h"
#include "core/ledger_port.h"
#include "store/connection/blame.h"

struct rule {
    const char *sqlstate; // the code, or how it begins
    enum disposition disposition;
    bool reconnect; // whether the connection is better not used again
    const char *reason;
    const char *advice; // for a person; NULL: the server's words are enough
};

#define ADVICE_MIGRATE                                                                             \
    "run jobtrail migrate; if that finds nothing to apply, somebody dropped or altered what it "   \
    "had made: restore that"
#define ADVICE_GRANT                                                                               \
    "connect as the role that ran jobtrail migrate (jobtrail_owner has its rights if a superuser " \
    "did) or as a member that inherits them; jobtrail doctor names the GRANT"

// The first that fits counts.
static const struct rule rules[] = {
    // Our own, raised by jobtrail.require.
    {"JT001", FENCED, false, STORE_POSITION_MOVED, NULL},
    {"JT002", RETRY, false, STORE_ROW_REPLACED, NULL},
    {"JT003", RETRY, false, STORE_TOO_SLOW, NULL},
    {"JT004", RETRY, false, LEDGER_CONFLICT, NULL},
    {"JT006", RETRY, false, LEDGER_NOT_COMPARED,
     "that needs a serve with a relay, and brokers that let it read job.commands and "
     "job.cancel-decisions"},
    {"JT007", FATAL, false, "HINDRANCE", NULL},
    {"JT008", RETRY, false, "PROJECTION_BEHIND", NULL},
    {"JT009", RETRY, false, STORE_RULES_CHANGED, NULL},
    // What the session knows is of another projection: it begins anew.
    {"JT010", FENCED, true, STORE_PROJECTION_SWAPPED, NULL},
    // The world: the server goes, is full, or others are in the way.
    {"08", RETRY, true, ERROR_CONNECTION_LOST, NULL},
    {"57014", RETRY, false, STORE_TOO_SLOW, NULL},
    {"57P", RETRY, true, ERROR_SERVER_STOPPING, NULL},
    {"53", RETRY, false, "SERVER_RESOURCES", NULL},
    {"40P01", RETRY, false, ERROR_DEADLOCK, NULL},
    {"40", RETRY, false, ERROR_SERIALIZATION, NULL},
    {"55P03", RETRY, false, ERROR_LOCK_TIMEOUT, NULL},
    // Why it is read only, who connects again finds out.
    {"25006", RETRY, true, ERROR_READ_ONLY,
     "is it a standby, or was default_transaction_read_only set?"},
    {"25P", RETRY, true, STORE_TOO_SLOW, NULL},
    // How we are set up.
    {"28", FATAL, true, ERROR_NOT_AUTHORIZED,
     "check the user and password in postgres.conninfo (a replica's: http.read-conninfo)"},
    {"3D", FATAL, true, "NO_DATABASE",
     "create the database, or check postgres.conninfo (a replica's: http.read-conninfo)"},
    {"42P05", FATAL, true, ERROR_POOLER, ADVICE_POOLER},
    {"26000", FATAL, true, ERROR_POOLER, ADVICE_POOLER},
    {"42501", FATAL, true, "NO_PRIVILEGE", ADVICE_GRANT},
    {"42", FATAL, true, "NOT_MIGRATED", ADVICE_MIGRATE},
    {"3F", FATAL, true, "NOT_MIGRATED", ADVICE_MIGRATE},
};
static const struct rule any_other = {"", RETRY, true, "SERVER_ERROR", NULL};

static const struct rule *find_rule(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!strncmp(sqlstate, rules[i].sqlstate, strlen(rules[i].sqlstate)))
            return &rules[i];
    return &any_other;
}

static int apply(const struct rule *rule, const char *sqlstate, const char *text, struct err *err)
{
    struct slice words = {text, strcspn(text, "\n")};

    return err_set(err, rule->disposition, rule->reason, "%.*s (SQLSTATE %s)%s%s",
                   (int)utf8_cut(words, 300), text, sqlstate, rule->advice ? ": " : "",
                   rule->advice ? rule->advice : "");
}

int error_of_result(const PGresult *result, bool breaks_rules, bool *reconnect, struct err *err)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *meeting;
    const struct rule *rule;

    // libpq's own failures, such as a lack of memory, have no code.
    if (!sqlstate) {
        *reconnect = true;
        text = PQresultErrorMessage(result);
        return err_set(err, RETRY, ERROR_CONNECTION_LOST, "%.*s", (int)strcspn(text, "\n"), text);
    }
    meeting = strcmp(sqlstate, "23505") ? NULL : blame_meeting(result);
    if (!meeting && blame_is_needed(result, sqlstate))
        return blame_refusal(result, sqlstate, breaks_rules, reconnect, err);
    rule = find_rule(meeting ? meeting : sqlstate);
    *reconnect = rule->reconnect;
    return apply(rule, sqlstate, text ? text : "no message", err);
}

int error_of_connection(const PGconn *connection, struct err *err)
{
    const char *text = PQerrorMessage(connection);

    return err_set(err, RETRY, ERROR_CONNECTION_LOST, "the connection to PostgreSQL broke: %.*s",
                   (int)strcspn(text, "\n"), text);
}

// Finds "FATAL:  28P01: words" (or its translation) and sets *words behind the code.
static bool find_sqlstate(const char *text, char sqlstate[6], const char **words)
{
    for (const char *at = strstr(text, ":  "); at; at = strstr(at + 1, ":  ")) {
        const char *code = at + 3;
        size_t length = strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

        if (length == 5 && code[5] == ':' && code[6] == ' ') {
            memcpy(sqlstate, code, 5);
            sqlstate[5] = 0;
            *words = code + 7;
            return true;
        }
    }
    return false;
}

int error_of_connecting(PGconn *connection, struct err *err)
{
    const char *text = PQerrorMessage(connection);
    const char *words = text;
    char sqlstate[6];

    if (PQconnectionNeedsPassword(connection))
        return apply(find_rule("28"), "28P01", "the server wants a password, and there is none",
                     err);
    if (find_sqlstate(text, sqlstate, &words))
        return apply(find_rule(sqlstate), sqlstate, words, err);
    return err_set(err, RETRY, ERROR_NOT_CONNECTED, "%.*s", (int)strcspn(text, "\n"), text);
}
