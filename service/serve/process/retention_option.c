// SPDX-License-Identifier: Apache-2.0
#include "serve/process/retention_option.h"

#include "base/option_value.h"

static const int64_t least_ms = INT64_C(24) * 60 * 60 * 1000;
static const int64_t most_ms = INT64_C(36500) * 24 * 60 * 60 * 1000;

// What is read, and where it stands.
struct reading_retention {
    const char *option;
    bool names_organization;
    struct keeping *keepings;
    size_t count;
    struct arena *arena;
};

static int refuse(const struct reading_retention *reading, struct slice part, const char *expected,
                  struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION", "%s: \"%.*s\": expected %s", reading->option,
                   (int)(part.size < 80 ? part.size : 80), part.data, expected);
}

// ORGANIZATION, ORGANIZATION/TYPE or TYPE, as the option is; the first '/' parts the two.
static bool read_name(const struct reading_retention *reading, struct slice name,
                      struct horizon_of *of)
{
    const char *slash = reading->names_organization ? memchr(name.data, '/', name.size) : NULL;

    *of = (struct horizon_of){SLICE_LITERAL(""), SLICE_LITERAL("")};
    if (!reading->names_organization) {
        of->type = name;
        return name.size <= TYPE_MAX_BYTES;
    }
    of->organization_id = name;
    if (!slash)
        return name.size > 0 && name.size <= ID_MAX_BYTES;
    of->organization_id.size = (size_t)(slash - name.data);
    of->type = (struct slice){slash + 1, name.size - of->organization_id.size - 1};
    return of->organization_id.size > 0 && of->organization_id.size <= ID_MAX_BYTES &&
           of->type.size > 0 && of->type.size <= TYPE_MAX_BYTES;
}

static bool is_listed(const struct reading_retention *reading, const struct horizon_of *of)
{
    for (size_t i = 0; i < reading->count; i++)
        if (slice_equal(reading->keepings[i].of.organization_id, of->organization_id) &&
            slice_equal(reading->keepings[i].of.type, of->type))
            return true;
    return false;
}

static int read_part(struct reading_retention *reading, struct slice part, struct err *err)
{
    const char *equals = slice_last(part, '=');
    struct slice name = {part.data, equals ? (size_t)(equals - part.data) : 0}, duration = part;
    struct keeping *keeping = &reading->keepings[reading->count];

    if (equals)
        duration = (struct slice){equals + 1, part.size - name.size - 1};
    if ((equals && !name.size) || (!equals && reading->names_organization) ||
        !read_name(reading, name, &keeping->of))
        return refuse(reading, part,
                      reading->names_organization
                          ? "ORGANIZATION=DURATION or ORGANIZATION/TYPE=DURATION"
                          : "a duration, or TYPE=DURATION, a type having 1 to 128 bytes",
                      err);
    if (is_listed(reading, &keeping->of))
        return refuse(reading, part, "each once", err);
    if (!option_value_wait(duration, least_ms, most_ms, &keeping->keep_us))
        return refuse(reading, part, "a duration from 1d to 36500d, or never", err);
    if (!arena_copy(reading->arena, keeping->of.organization_id, &keeping->of.organization_id) ||
        !arena_copy(reading->arena, keeping->of.type, &keeping->of.type))
        return err_no_memory(err);
    reading->count++;
    return DONE;
}

static size_t parts_of(const char *text)
{
    size_t parts = 1;

    for (; *text; text++)
        parts += *text == ',';
    return parts;
}

static bool keeps_all(const struct keeping *keepings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keepings[i].keep_us)
            return false;
    return true;
}

int retention_read(const char *of_all, const char *of_some, struct arena *arena,
                   struct keepings *out, struct err *err)
{
    struct reading_retention reading = {.option = "retention.ended-jobs", .arena = arena};
    struct slice part;
    int rc = DONE;

    reading.keepings =
        arena_alloc(arena, (parts_of(of_all) + parts_of(of_some)) * sizeof *reading.keepings);
    if (!reading.keepings)
        return err_no_memory(err);
    while (!rc && option_value_next(&of_all, &part))
        rc = read_part(&reading, part, err);
    reading.option = "retention.organizations";
    reading.names_organization = true;
    while (!rc && option_value_next(&of_some, &part))
        rc = read_part(&reading, part, err);
    *out = (struct keepings){reading.keepings, reading.count};
    if (keeps_all(reading.keepings, reading.count))
        out->count = 0;
    return rc;
}
