// SPDX-License-Identifier: Apache-2.0
#include "cli/api/vocabulary.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

const struct flag_parameter list_parameters[] = {
    {"type", "processID"},
    {"status", "status"},
    {"since", "datetime"},
    {"until", "datetime"},
    {"min-duration", "minDuration"},
    {"max-duration", "maxDuration"},
    {"creator", "creator"},
    {"search", "q"},
    {"sort", "sortby"},
    {"limit", "limit"},
    {NULL, NULL},
};

const char *flag_of_parameter(const char *parameter)
{
    for (const struct flag_parameter *each = list_parameters; each->flag; each++)
        if (!strcmp(each->parameter, parameter))
            return each->flag;
    return NULL;
}

const char *parameter_of_flag(const char *flag)
{
    const struct flag_parameter *each = list_parameters;

    while (each[1].flag && strcmp(each->flag, flag) != 0)
        each++;
    return each->parameter;
}

static int refuse(const struct word *words, const char *flag, struct slice text, struct err *err)
{
    struct buffer all = {0};
    struct nearest best = {0};
    char wrong[48];

    words_list_for_people(words, &all);
    buffer_append(&all, "", 1);
    snprintf(wrong, sizeof wrong, "%.*s", (int)text.size, text.size ? text.data : "");
    for (const struct word *word = words; word->standard; word++) {
        nearest_consider(&best, wrong, word->shown);
        nearest_consider(&best, wrong, word->standard);
    }
    if (all.failed)
        err_no_memory(err);
    else if (best.name)
        err_set(err, FATAL, "USAGE", "--%s: \"%s\": did you mean %s? There are %s", flag, wrong,
                best.name, all.data);
    else
        err_set(err, FATAL, "USAGE", "--%s: \"%s\": expected %s", flag, wrong, all.data);
    buffer_free(&all);
    return (int)err->disposition;
}

static int translate_one(const struct word *words, const char *flag, struct slice text,
                         struct buffer *out, struct err *err)
{
    const struct word *word = word_find_in_any_case(words, text);

    if (!word)
        return refuse(words, flag, text, err);
    buffer_append_text(out, word->standard);
    return DONE;
}

int words_translate(const struct word *words, const char *flag, const char *list,
                    struct buffer *out, struct err *err)
{
    while (true) {
        size_t size = strcspn(list, ",");
        int rc = translate_one(words, flag, (struct slice){list, size}, out, err);

        if (rc || !list[size])
            return rc;
        buffer_append_text(out, ",");
        list += size + 1;
    }
}

int order_translate(const char *flag, const char *text, struct buffer *out, struct err *err)
{
    if (*text == '-')
        buffer_append_text(out, "-");
    text += *text == '-' || *text == '+';
    return translate_one(column_words, flag, slice_of(text), out, err);
}
