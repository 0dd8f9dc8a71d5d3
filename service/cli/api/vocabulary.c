// SPDX-License-Identifier: Apache-2.0
#include "cli/api/vocabulary.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"

const struct word status_words[] = {
    {"accepted", "accepted", {"waiting", "queued", "created"}},
    {"running", "running", {"started"}},
    {"successful", "successful", {"success", "succeeded"}},
    {"failed", "failed", {"failure", "error"}},
    {"dismissed", "cancelled", {"canceled"}},
    {NULL, NULL, {NULL}},
};

const struct word column_words[] = {
    {"created", "created", {NULL}},   {"jobID", "id", {"job"}},
    {"updated", "updated", {NULL}},   {"processID", "type", {"process"}},
    {"status", "status", {"state"}},  {"message", "message", {NULL}},
    {"progress", "progress", {NULL}}, {"started", "started", {"start"}},
    {"finished", "ended", {"end"}},   {"duration", "duration", {NULL}},
    {"creator", "creator", {NULL}},   {NULL, NULL, {NULL}},
};

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

static bool is_same(const char *word, struct slice text)
{
    return strlen(word) == text.size && !strncasecmp(word, text.data, text.size);
}

const struct word *word_find(const struct word *words, struct slice text)
{
    for (const struct word *word = words; text.size && word->standard; word++) {
        bool is = is_same(word->standard, text) || is_same(word->shown, text);

        for (size_t i = 0; i < sizeof word->also / sizeof *word->also && word->also[i]; i++)
            is |= is_same(word->also[i], text);
        if (is)
            return word;
    }
    return NULL;
}

struct slice word_shown(const struct word *words, struct slice standard)
{
    const struct word *word = word_find(words, standard);

    return word ? slice_of(word->shown) : standard;
}

// "accepted, running, ...": what people say, with the standard's word where that is another.
static void write_all(const struct word *words, char *out, size_t size)
{
    int used = 0;

    for (const struct word *word = words; word->standard && used >= 0 && (size_t)used < size;
         word++) {
        const char *between = word == words ? "" : word[1].standard ? ", " : " or ";

        if (!strcmp(word->standard, word->shown))
            used += snprintf(out + used, size - (size_t)used, "%s%s", between, word->shown);
        else
            used += snprintf(out + used, size - (size_t)used, "%s%s (or %s)", between, word->shown,
                             word->standard);
    }
}

static int refuse(const struct word *words, const char *flag, struct slice text, struct err *err)
{
    char all[256], wrong[48];
    struct nearest best = {0};

    write_all(words, all, sizeof all);
    snprintf(wrong, sizeof wrong, "%.*s", (int)text.size, text.size ? text.data : "");
    for (const struct word *word = words; word->standard; word++) {
        nearest_consider(&best, wrong, word->shown);
        nearest_consider(&best, wrong, word->standard);
    }
    if (best.name)
        return err_set(err, FATAL, "USAGE", "--%s: \"%s\": did you mean %s? There are %s", flag,
                       wrong, best.name, all);
    return err_set(err, FATAL, "USAGE", "--%s: \"%s\": expected %s", flag, wrong, all);
}

static int translate_one(const struct word *words, const char *flag, struct slice text,
                         struct buffer *out, struct err *err)
{
    const struct word *word = word_find(words, text);

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
