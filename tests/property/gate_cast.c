// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE // memmem
#include "property/gate_cast.h"

#include <stdlib.h>

#define LONG_50 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"

static const char *const creators[] = {
    "zo\xc3\xab@example.org",  // composed
    "zoe\xcc\x88@example.org", // and decomposed
    "ren\xc3\xa9",
    "rene\xcc\x81",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "Ann Lee",
    "a",
    "o",
    "\xd0\xb0nn\xc3\xa9", // with a Cyrillic letter
    "job",                // an id may be anybody's
    "org\xc3\xa9",
    LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 "ab\xc3\xa9",
};

const char *look_alike_name(enum look_alike kind)
{
    static const char *const names[LOOK_ALIKES] = {
        [OTHER_CASE] = "other case",
        [LEADING_SPACE] = "leading space",
        [TRAILING_SPACE] = "trailing space",
        [OTHER_NORMAL_FORM] = "other normal form",
        [CONFUSABLE] = "confusable",
        [PREFIX] = "prefix",
        [SUFFIX] = "suffix",
        [LONGER] = "longer",
        [NUL_INSIDE] = "NUL inside",
        [EMPTY] = "empty",
        [IS_JOB_ID] = "job id",
        [IS_ORGANISATION_ID] = "organisation id",
        [OTHER_ORGANISATION] = "other organisation",
        [OTHER_ATTEMPT] = "other attempt",
        [NO_CREATOR] = "no creator",
        [DISPUTED] = "disputed",
        [OPEN_COMMAND] = "open command",
    };

    return names[kind];
}

struct slice draw_creator_id(struct dice *dice)
{
    return slice_of(creators[dice_below(dice, sizeof creators / sizeof *creators)]);
}

// The id with `removed` bytes at `at` replaced.
static bool replace(struct slice id, size_t at, size_t removed, struct slice by,
                    struct arena *arena, struct slice *out)
{
    size_t size = id.size - removed + by.size;
    char *data = arena_alloc(arena, size + 1);

    if (!data)
        abort();
    memcpy(data, id.data, at);
    memcpy(data + at, by.data, by.size);
    memcpy(data + at + by.size, id.data + at + removed, id.size - at - removed);
    *out = (struct slice){data, size};
    return true;
}

// The first of these texts that the id has is replaced by the one beside it.
static bool exchange(struct slice id, const char *const (*pairs)[2], struct arena *arena,
                     struct slice *out)
{
    for (; (*pairs)[0]; pairs++) {
        const char *found = memmem(id.data, id.size, (*pairs)[0], strlen((*pairs)[0]));

        if (found)
            return replace(id, (size_t)(found - id.data), strlen((*pairs)[0]),
                           slice_of((*pairs)[1]), arena, out);
    }
    return false;
}

static bool draw_other_case(struct slice id, struct dice *dice, struct arena *arena,
                            struct slice *out)
{
    size_t first = dice_below(dice, id.size);

    for (size_t i = 0; i < id.size; i++) {
        size_t at = (first + i) % id.size;
        char other = id.data[at] ^ 0x20;

        if ((other >= 'a' && other <= 'z') || (other >= 'A' && other <= 'Z'))
            return replace(id, at, 1, (struct slice){&other, 1}, arena, out);
    }
    return false;
}

static struct slice draw_space(struct dice *dice)
{
    static const char *const spaces[] = {" ",        "\t",           "\n",           "\r\n",
                                         "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xc2\xad"};

    return slice_of(spaces[dice_below(dice, sizeof spaces / sizeof *spaces)]);
}

bool draw_text_look_alike(enum look_alike kind, struct slice id, struct dice *dice,
                          struct arena *arena, struct slice *out)
{
    static const char *const forms[][2] = {{"\xc3\xab", "e\xcc\x88"},
                                           {"e\xcc\x88", "\xc3\xab"},
                                           {"\xc3\xa9", "e\xcc\x81"},
                                           {"e\xcc\x81", "\xc3\xa9"},
                                           {NULL, NULL}};
    static const char *const letters[][2] = {
        {"\xd0\xb0", "a"}, {"a", "\xd0\xb0"}, {"e", "\xd0\xb5"}, {"o", "\xd0\xbe"}, {NULL, NULL}};
    static const struct slice tails[] = {SLICE_LITERAL("\0"), SLICE_LITERAL("\0x"),
                                         SLICE_LITERAL("\0\0")};

    switch (kind) {
    case OTHER_CASE:
        return draw_other_case(id, dice, arena, out);
    case LEADING_SPACE:
        return replace(id, 0, 0, draw_space(dice), arena, out);
    case TRAILING_SPACE:
        return replace(id, id.size, 0, draw_space(dice), arena, out);
    case OTHER_NORMAL_FORM:
        return exchange(id, forms, arena, out);
    case CONFUSABLE:
        return exchange(id, letters, arena, out);
    case PREFIX:
        *out = (struct slice){id.data, dice_percent(dice, 50) ? id.size - 1 : id.size / 2};
        return out->size > 0;
    case SUFFIX:
        *out = (struct slice){id.data + 1, id.size - 1};
        return out->size > 0;
    case LONGER:
        return replace(id, dice_percent(dice, 50) ? 0 : id.size, 0, SLICE_LITERAL("x"), arena, out);
    case NUL_INSIDE:
        return replace(id, dice_percent(dice, 90) ? id.size : 0, 0, tails[dice_below(dice, 3)],
                       arena, out);
    case EMPTY:
        *out = dice_percent(dice, 50) ? SLICE_NULL : SLICE_LITERAL("");
        return true;
    default:
        return false;
    }
}
