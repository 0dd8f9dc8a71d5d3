// SPDX-License-Identifier: Apache-2.0
#include "store/reader/reader_kit.h"

#include <stdio.h>

enum { TIMEOUT_MS = 10000 };

struct connection_options reader_options(const char *conninfo)
{
    return (struct connection_options){.conninfo = conninfo,
                                       .application_name = "reader test",
                                       .connect_timeout_ms = TIMEOUT_MS,
                                       .statement_timeout_ms = TIMEOUT_MS,
                                       .transaction_timeout_ms = TIMEOUT_MS};
}

struct job_reader *reader_open(const struct harness *harness)
{
    struct connection_options options = reader_options(harness->conninfo);
    struct err err = {0};
    struct job_reader *reader = job_reader_new(&options, &err);

    assert_non_null(reader);
    if (job_reader_connect(reader, &err))
        fail_msg("connect: %s: %s", err.reason, err.text);
    return reader;
}

struct job_scope scope_of(const char *organization_id, const char *creator_id)
{
    return (struct job_scope){slice_of(organization_id), slice_of(creator_id)};
}

struct job_filter no_filter(void)
{
    return job_filter_of_all();
}

struct job_page first_page(size_t limit)
{
    return (struct job_page){.sort = SORT_CREATED, .descending = true, .limit = limit};
}

const char *listed(struct job_reader *reader, const struct job_scope *scope,
                   const struct job_filter *filter, const struct job_page *page)
{
    static char text[4096];
    struct viewed_jobs jobs;
    struct err err = {0};
    size_t size = 0;

    if (job_reader_list(reader, scope, filter, page, &jobs, &err))
        fail_msg("list: %s: %s", err.reason, err.text);
    text[0] = '\0';
    for (size_t i = 0; i < jobs.count; i++) {
        struct slice id = jobs.jobs[i].columns.key.job_id;

        size += (size_t)snprintf(text + size, sizeof text - size, "%s%.*s", i ? "," : "",
                                 (int)id.size, id.data);
        assert_true(size < sizeof text);
    }
    return text;
}
