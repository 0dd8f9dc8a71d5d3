// SPDX-License-Identifier: Apache-2.0
#include "store/connection/conninfo.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/nearest.h"
#include "store/connection/password.h"

static const char prefix[] = "postgres.";

static void append_parameter(struct buffer *out, const char *name, const char *value)
{
    buffer_append_format(out, "%s%s='", out->size ? " " : "", name);
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            buffer_append(out, "\\", 1);
        buffer_append(out, value, 1);
    }
    buffer_append_text(out, "'");
}

static PQconninfoOption *parse(const struct options *options, const char *name, struct err *err)
{
    char *why = NULL;
    PQconninfoOption *parsed = PQconninfoParse(options_text(options, name), &why);

    // libpq's words can repeat a part of the string, and so of a password.
    PQfreemem(why);
    if (!parsed)
        err_set(err, FATAL, "CONFIGURATION",
                "%s: libpq does not understand it (expected \"host=... dbname=...\" or "
                "\"postgresql://...\")",
                name);
    return parsed;
}

// Whether a parameter says which server is meant.
static bool says_where(const char *name)
{
    static const char *const parameters[] = {"host", "hostaddr", "port", "service",
                                             "target_session_attrs"};

    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        if (!strcmp(name, parameters[i]))
            return true;
    return false;
}

// A port alone is one of the same host.
static bool names_server(const PQconninfoOption *parsed)
{
    for (; parsed->keyword; parsed++)
        if (parsed->val && says_where(parsed->keyword) && strcmp(parsed->keyword, "port") != 0 &&
            strcmp(parsed->keyword, "target_session_attrs") != 0)
            return true;
    return false;
}

static void append_parsed(const PQconninfoOption *parsed, bool with_where, struct buffer *out)
{
    for (; parsed->keyword; parsed++)
        if (parsed->val && (with_where || !says_where(parsed->keyword)))
            append_parameter(out, parsed->keyword, parsed->val);
}

static int check_parameter(const struct option_value *value, struct err *err)
{
    PQconninfoOption *known = PQconndefaults();
    const char *name = value->name + sizeof prefix - 1;
    struct nearest best = {0};
    bool found = false;
    int result = DONE;

    if (!known)
        return err_no_memory(err);
    for (PQconninfoOption *option = known; option->keyword && !found; option++) {
        found = !strcmp(option->keyword, name);
        nearest_consider(&best, name, option->keyword);
    }
    if (!found && best.name)
        result = err_set(err, FATAL, "CONFIGURATION",
                         "%s: libpq has no parameter \"%.80s\"; did you mean \"%s%s\"?",
                         value->origin, name, prefix, best.name);
    else if (!found)
        result = err_set(err, FATAL, "CONFIGURATION", "%s: libpq has no parameter \"%.80s\"",
                         value->origin, name);
    PQconninfoFree(known);
    return result;
}

static bool is_password(const struct option_value *value)
{
    return !strcmp(value->name, "postgres.password");
}

// All that is said of the primary, or what does not say where it is.
static int append_primary(const struct options *options, bool with_where, struct buffer *out,
                          struct err *err)
{
    PQconninfoOption *parsed = parse(options, "postgres.conninfo", err);
    struct option_value value;
    int rc = DONE;

    if (!parsed)
        return (int)err->disposition;
    append_parsed(parsed, with_where, out);
    PQconninfoFree(parsed);
    for (size_t i = 0; !rc && options_value_at(options, i, &value); i++) {
        const char *name = value.name + sizeof prefix - 1;

        if (strncmp(value.name, prefix, sizeof prefix - 1) ||
            !strcmp(value.name, "postgres.conninfo"))
            continue;
        if (is_password(&value) && (value.source.file || value.source.command))
            continue; // whoever connects reads it
        rc = check_parameter(&value, err);
        if (!rc && (with_where || !says_where(name)))
            append_parameter(out, name, value.value);
    }
    return rc;
}

// Of postgres.password; both NULL where it is given as it is, or not at all.
static struct secret_source password_source(const struct options *options)
{
    struct option_value value;

    for (size_t i = 0; options_value_at(options, i, &value); i++)
        if (is_password(&value))
            return value.source;
    return (struct secret_source){0};
}

static void append_password_source(const struct options *options, struct buffer *out)
{
    const struct secret_source source = password_source(options);

    if (source.file || source.command)
        password_append_source(&source, out);
}

static bool has_password(const PQconninfoOption *parsed)
{
    for (; parsed->keyword; parsed++)
        if (!strcmp(parsed->keyword, "password") && parsed->val)
            return true;
    return false;
}

static int end(struct buffer *out, struct err *err)
{
    buffer_append(out, "", 1);
    return out->failed ? err_no_memory(err) : DONE;
}

int conninfo_build(const struct options *options, struct buffer *out, struct err *err)
{
    int rc;

    append_password_source(options, out);
    rc = append_primary(options, true, out, err);
    return rc ? rc : end(out, err);
}

// The later of two parameters of one name wins.
int conninfo_build_replica(const struct options *options, struct buffer *out, struct err *err)
{
    PQconninfoOption *parsed = parse(options, "http.read-conninfo", err);
    int rc;

    if (!parsed)
        return (int)err->disposition;
    if (!has_password(parsed))
        append_password_source(options, out);
    rc = append_primary(options, !names_server(parsed), out, err);
    if (!rc)
        append_parsed(parsed, true, out);
    PQconninfoFree(parsed);
    return rc ? rc : end(out, err);
}

int conninfo_value(const char *conninfo, const char *name, struct buffer *out, struct err *err)
{
    PQconninfoOption *parsed = PQconninfoParse(password_skip_source(conninfo), NULL);

    if (!parsed)
        return err_set(err, FATAL, "CONFIGURATION",
                       "libpq does not understand the connection string");
    for (const PQconninfoOption *option = parsed; option->keyword; option++)
        if (option->val && !strcmp(option->keyword, name)) {
            buffer_append_text(out, option->val);
            buffer_append(out, "", 1);
            out->size -= !out->failed;
        }
    PQconninfoFree(parsed);
    return out->failed ? err_no_memory(err) : DONE;
}
