// SPDX-License-Identifier: Apache-2.0
#include "base/options_text.h"

#include <stdio.h>
#include <string.h>

#include "base/option_value.h"

enum { TEXT_COLUMNS = 78 };

// In lines that begin with indent.
static void write_wrapped(struct buffer *out, const char *indent, const char *prose)
{
    buffer_append_text(out, indent);
    buffer_append_wrapped(out, prose, indent, strlen(indent), TEXT_COLUMNS);
}

static const char *type_name(enum option_type type)
{
    switch (type) {
    case OPTION_INTEGER:
        return "number";
    case OPTION_DURATION:
        return "duration";
    case OPTION_BYTES:
        return "size";
    case OPTION_CHOICE:
        return "choice";
    case OPTION_LIST:
        return "list";
    case OPTION_LISTEN:
        return "address";
    case OPTION_TEXT:
        break;
    }
    return "text";
}

void options_write_range(const struct option *option, struct buffer *out)
{
    char least[OPTION_AMOUNT_SIZE], most[OPTION_AMOUNT_SIZE];

    if (option->type == OPTION_CHOICE) {
        for (size_t i = 0; option->choices[i]; i++)
            buffer_append_format(out, "%s%s", i ? " | " : "", option->choices[i]);
        return;
    }
    buffer_append_text(out, type_name(option->type));
    if (option->type == OPTION_INTEGER || option->type == OPTION_DURATION ||
        option->type == OPTION_BYTES) {
        option_value_format(option->type, option->least, least);
        option_value_format(option->type, option->most, most);
        buffer_append_format(out, ", %s to %s", least, most);
    }
}

void options_write_help(const struct options_table *table, struct buffer *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];

        buffer_append_format(out, "  %s (", option->name);
        options_write_range(option, out);
        if (option->fallback)
            buffer_append_format(out, "; default: %s",
                                 *option->fallback ? option->fallback : "empty");
        buffer_append_text(out, option->secret ? "; secret)\n" : ")\n");
        write_wrapped(out, "      ", option->prose);
    }
    for (size_t i = 0; i < table->family_count; i++) {
        buffer_append_format(out, "  %s*\n", table->families[i].prefix);
        write_wrapped(out, "      ", table->families[i].prose);
    }
}

void options_write_reference(const struct options_table *table, struct buffer *out)
{
    buffer_append_text(out, "| option | value | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];
        struct buffer range;

        buffer_init(&range);
        options_write_range(option, &range);
        buffer_append_format(out, "| `%s` | ", option->name);
        for (size_t at = 0; at < range.size; at++) // a bar would end the cell
            buffer_append(out, range.data[at] == '|' ? "," : &range.data[at], 1);
        out->failed = out->failed || range.failed;
        buffer_free(&range);
        if (option->fallback && *option->fallback)
            buffer_append_format(out, " | `%s` | ", option->fallback);
        else
            buffer_append_text(out, " | | ");
        buffer_append_format(out, "%s%s |\n", option->prose,
                             option->secret ? " Secret: also by file or command." : "");
    }
    for (size_t i = 0; i < table->family_count; i++)
        buffer_append_format(out, "| `%s*` | text | | %s |\n", table->families[i].prefix,
                             table->families[i].prose);
}

void options_write_sample(const struct options_table *table, struct buffer *out)
{
    buffer_append_text(out,
                       "# Each option stands here with its default: to set one, take away the # in "
                       "front of its name.\n\n");
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];

        write_wrapped(out, "# ", option->prose);
        buffer_append_text(out, "# ");
        options_write_range(option, out);
        buffer_append_format(out, "\n#%s = %s\n\n", option->name,
                             option->fallback ? option->fallback : "");
    }
    for (size_t i = 0; i < table->family_count; i++) {
        write_wrapped(out, "# ", table->families[i].prose);
        buffer_append_format(out, "#%s… =\n\n", table->families[i].prefix);
    }
}

static void write_effective(struct buffer *out, const char *name, const char *value,
                            const char *origin, bool is_secret)
{
    buffer_append_format(out, "# %s\n%s = %s\n", origin, name, is_secret ? "***" : value);
}

static bool find_value(const struct options *options, const char *name, struct option_value *out)
{
    for (size_t i = 0; options_value_at(options, i, out); i++)
        if (!strcmp(out->name, name))
            return true;
    return false;
}

static bool is_in_table(const struct options_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (!strcmp(table->options[i].name, name))
            return true;
    return false;
}

void options_write_effective(const struct options *options, struct buffer *out)
{
    const struct options_table *table = options_table(options);
    struct option_value value;

    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];

        if (find_value(options, option->name, &value))
            write_effective(out, value.name, value.value, value.origin, value.secret);
        else if (option->fallback)
            write_effective(out, option->name, option->fallback, "default", false);
    }
    for (size_t i = 0; options_value_at(options, i, &value); i++)
        if (!is_in_table(table, value.name))
            write_effective(out, value.name, value.value, value.origin, value.secret);
}
