// SPDX-License-Identifier: Apache-2.0
#include "doctor/web.h"

#include "fetch/fetch.h"

enum { HTTP_OK = 200, ANSWER_MAX_BYTES = 1 << 20 };

static int get(struct fetcher *fetcher, const char *url, struct buffer *answer, int64_t *date_us,
               struct err *err)
{
    struct fetch_header date = {.name = "Date"};
    struct fetch_request request = {
        .url = url, .shown = url, .reason = "UNREACHABLE", .wanted = &date, .wanted_count = 1};
    long status = 0;
    int rc = fetch(fetcher, &request, &status, answer, err);

    if (!rc && date_us)
        *date_us = fetch_date_us(date.value);
    if (!rc && status != HTTP_OK)
        rc = err_set(err, RETRY, "UNREACHABLE", "%s: answers with status %ld", url, status);
    return rc;
}

int web_get(const struct patient *patient, const char *url, struct buffer *answer, int64_t *date_us,
            struct err *err)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    const struct fetch_options options = {.who = "issuer",
                                          .ca_file = patient->config->auth.keys.source.ca_file,
                                          .headers = headers,
                                          .timeout_ms = patient->step_ms,
                                          .most_bytes = ANSWER_MAX_BYTES};
    struct buffer own = {0};
    struct fetch_url read;
    struct fetcher *fetcher = NULL;
    int rc = fetch_url_read(url, "the issuer's address", &read, err);

    if (!rc) {
        fetcher = fetcher_new(&options, err);
        rc = fetcher ? get(fetcher, url, answer ? answer : &own, date_us, err)
                     : (int)err->disposition;
    }
    buffer_free(&own);
    fetcher_free(fetcher);
    return rc;
}
