// SPDX-License-Identifier: Apache-2.0
#include "http/accept.h"

#include <strings.h>

enum { QUALITY_ONE = 1000, DIGITS_MAX = 3 };

// How closely a range matches a media type. The closest range decides, whatever the others say.
enum closeness { NO_MATCH, ANY, ANY_SUBTYPE, NAMED, NAMED_WITH_PARAMETER };

struct preference {
    enum closeness closeness;
    int quality; // thousandths
};

// The next part of the list; a separator inside quotes separates nothing. False at the end.
static bool next_part(struct slice *list, char separator, struct slice *part)
{
    bool quoted = false;
    size_t size = 0;

    if (slice_is_null(*list))
        return false;
    for (; size < list->size && (quoted || list->data[size] != separator); size++)
        if (list->data[size] == '"')
            quoted = !quoted;
        else if (list->data[size] == '\\' && quoted && size + 1 < list->size)
            size++;
    *part = slice_trimmed((struct slice){list->data, size});
    *list = size < list->size ? (struct slice){list->data + size + 1, list->size - size - 1}
                              : SLICE_NULL;
    return true;
}

static bool is_named(struct slice text, const char *name)
{
    return text.size == strlen(name) && !strncasecmp(text.data, name, text.size);
}

// "1", "0.5" or "1.000" in thousandths; -1 for a text that is no quality.
static int read_quality(struct slice text)
{
    int quality, unit = QUALITY_ONE;

    if (!text.size || text.size > 2 + DIGITS_MAX || (text.data[0] != '0' && text.data[0] != '1') ||
        (text.size > 1 && text.data[1] != '.'))
        return -1;
    quality = (text.data[0] - '0') * QUALITY_ONE;
    for (size_t i = 2; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return -1;
        unit /= 10;
        quality += (text.data[i] - '0') * unit;
    }
    return quality > QUALITY_ONE ? -1 : quality;
}

static enum closeness closeness_of(struct slice range, const struct media_type *type)
{
    if (is_named(range, type->name))
        return NAMED;
    if (is_named(range, type->any_subtype))
        return ANY_SUBTYPE;
    return is_named(range, "*/*") ? ANY : NO_MATCH;
}

// What one range of the list says of a media type. With a parameter that the type does not have,
// the range matches something else.
static struct preference read_range(struct slice range, const struct media_type *type)
{
    struct preference preference = {.quality = QUALITY_ONE};
    struct slice part;

    if (!next_part(&range, ';', &part))
        return preference;
    preference.closeness = closeness_of(part, type);
    while (preference.closeness && next_part(&range, ';', &part))
        if (part.size > 2 && !strncasecmp(part.data, "q=", 2)) {
            preference.quality = read_quality((struct slice){part.data + 2, part.size - 2});
            return preference; // what follows is no parameter of the type
        } else if (type->parameter && is_named(part, type->parameter) &&
                   preference.closeness == NAMED) {
            preference.closeness = NAMED_WITH_PARAMETER;
        } else if (part.size) {
            preference.closeness = NO_MATCH;
        }
    return preference;
}

static int quality_of(struct slice accept, const struct media_type *type)
{
    struct preference best = {NO_MATCH, 0};
    struct slice range;

    while (next_part(&accept, ',', &range)) {
        struct preference preference = read_range(range, type);

        if (preference.closeness > best.closeness && preference.quality >= 0)
            best = preference;
    }
    return best.quality;
}

int accept_quality(struct slice accept, const struct media_type *names, size_t count)
{
    int best = 0;

    for (size_t i = 0; i < count; i++) {
        int quality = quality_of(accept, &names[i]);

        if (quality > best)
            best = quality;
    }
    return best;
}

bool accept_prefers_html(struct slice accept)
{
    static const struct media_type html = {"text/html", "text/*", "charset=utf-8"};
    static const struct media_type json = {"application/json", "application/*", "charset=utf-8"};

    return quality_of(accept, &html) > quality_of(accept, &json);
}
