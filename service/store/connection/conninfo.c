// SPDX-License-Identifier: Apache-2.0
#include "store/connection/conninfo.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/nearest.h"

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

static int append_conninfo(const char *conninfo, struct buffer *out, struct err *err)
{
    char *why = NULL;
    PQconninfoOption *parsed = PQconninfoParse(conninfo, &why);

    if (!parsed) {
        // libpq's words can repeat a part of the string, and so of a password.
        PQfreemem(why);
        return err_set(err, FATAL, "CONFIGURATION",
                       "postgres.conninfo: libpq does not understand it (expected "
                       "\"host=... dbname=...\" or \"postgresql://...\")");
    }
    for (PQconninfoOption *option = parsed; option->keyword; option++)
        if (option->val)
            append_parameter(out, option->keyword, option->val);
    PQconninfoFree(parsed);
    return DONE;
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

int conninfo_build(const struct options *options, struct buffer *out, struct err *err)
{
    struct option_value value;
    int result = append_conninfo(options_text(options, "postgres.conninfo"), out, err);

    for (size_t i = 0; !result && options_value_at(options, i, &value); i++) {
        if (strncmp(value.name, prefix, sizeof prefix - 1) ||
            !strcmp(value.name, "postgres.conninfo"))
            continue;
        result = check_parameter(&value, err);
        if (!result)
            append_parameter(out, value.name + sizeof prefix - 1, value.value);
    }
    if (result)
        return result;
    buffer_append(out, "", 1);
    return out->failed ? err_no_memory(err) : DONE;
}
