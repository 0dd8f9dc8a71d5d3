// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/parts.h"

static const struct part {
    struct slice name;
    enum serve_part bit;
} part_names[] = {
    {SLICE_LITERAL("project"), SERVE_PROJECT},
    {SLICE_LITERAL("cancel"), SERVE_CANCEL},
    {SLICE_LITERAL("http"), SERVE_HTTP},
};

int parts_read(const char *list, const struct config *config, unsigned *parts, struct err *err)
{
    unsigned all = SERVE_PROJECT | SERVE_CANCEL | (config->http.is_wanted ? SERVE_HTTP : 0U);
    struct slice name;

    *parts = list ? 0 : all;
    while (list && option_value_next(&list, &name)) {
        size_t place = 0, count = sizeof part_names / sizeof *part_names;

        while (place < count && !slice_equal(name, part_names[place].name))
            place++;
        if (place == count)
            return err_set(err, FATAL, "USAGE",
                           "--only: \"%.*s\": expected project, cancel, http or several",
                           name.size < 40 ? (int)name.size : 40, name.data);
        *parts |= part_names[place].bit;
    }
    return *parts ? DONE : err_set(err, FATAL, "USAGE", "--only names no part");
}
