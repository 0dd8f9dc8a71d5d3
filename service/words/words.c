// SPDX-License-Identifier: Apache-2.0
#include "words/words.h"

#include <strings.h>

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

static bool is_same(const char *word, struct slice text, bool in_any_case)
{
    return strlen(word) == text.size && (in_any_case ? !strncasecmp(word, text.data, text.size)
                                                     : !memcmp(word, text.data, text.size));
}

static const struct word *find(const struct word *words, struct slice text, bool in_any_case)
{
    for (const struct word *word = words; text.size && word->standard; word++) {
        bool is =
            is_same(word->standard, text, in_any_case) || is_same(word->shown, text, in_any_case);

        for (const char *const *also = word->also; *also; also++)
            is |= is_same(*also, text, in_any_case);
        if (is)
            return word;
    }
    return NULL;
}

const struct word *word_find(const struct word *words, struct slice text)
{
    return find(words, text, false);
}

const struct word *word_find_in_any_case(const struct word *words, struct slice text)
{
    return find(words, text, true);
}

struct slice word_shown(const struct word *words, struct slice standard)
{
    const struct word *word = word_find(words, standard);

    return word ? slice_of(word->shown) : standard;
}

static void list(const struct word *words, bool for_people, const char *before_last,
                 struct buffer *out)
{
    for (const struct word *word = words; word->standard; word++) {
        const char *between = word == words ? "" : word[1].standard ? ", " : before_last;

        buffer_append_format(out, "%s%s", between, for_people ? word->shown : word->standard);
        if (strcmp(word->standard, word->shown) != 0)
            buffer_append_format(out, " (or %s)", for_people ? word->standard : word->shown);
    }
}

void words_list_for_programs(const struct word *words, struct buffer *out)
{
    list(words, false, ", ", out);
}

void words_list_for_people(const struct word *words, struct buffer *out)
{
    list(words, true, " or ", out);
}
