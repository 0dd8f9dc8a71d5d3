// SPDX-License-Identifier: Apache-2.0
#include "api/base_path.h"

static bool begins_with(struct slice text, struct slice with)
{
    return text.size >= with.size && (!with.size || !memcmp(text.data, with.data, with.size));
}

const char *base_path_of(const char *base_url)
{
    const char *host = strstr(base_url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    return path ? path : "";
}

static bool is_ours(struct slice path)
{
    return begins_with(path, SLICE_LITERAL("/organizations/")) ||
           begins_with(path, SLICE_LITERAL("/page/"));
}

// What is behind must begin as our own addresses do: a base path may be "/organizations" itself.
static bool is_in_front(struct slice base, struct slice target)
{
    struct slice rest;

    if (!base.size || !begins_with(target, base))
        return false;
    rest = (struct slice){target.data + base.size, target.size - base.size};
    return is_ours(rest);
}

struct slice base_path_without(const char *base_url, struct slice target)
{
    struct slice base = slice_of(base_path_of(base_url));

    if (is_in_front(base, target))
        target = (struct slice){target.data + base.size, target.size - base.size};
    return target;
}

void base_path_put(const char *base_url, struct visit *visit)
{
    struct slice base = slice_of(base_path_of(base_url)), *path = &visit->request.path;
    char *whole;

    if (!base.size || slice_is_null(*path) || is_in_front(base, *path) ||
        (begins_with(*path, base) && !is_ours(*path)))
        return;
    whole = arena_alloc(&visit->arena, base.size + path->size + 1);
    if (!whole) {
        visit->response.failed = true;
        return;
    }
    memcpy(whole, base.data, base.size);
    memcpy(whole + base.size, path->data, path->size);
    *path = (struct slice){whole, base.size + path->size};
}
