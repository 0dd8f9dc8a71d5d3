// SPDX-License-Identifier: Apache-2.0
#include "api/freshness.h"

// As the definition of the API has it; any such numbers fit into an int32_t and an int64_t.
enum { PARTITION_DIGITS = 9, OFFSET_DIGITS = 18 };

static const char wait_header[] = "Jobtrail-Wait-For";

int freshness_tell(const struct api *api, struct reader_link *link, struct visit *visit,
                   struct err *err)
{
    struct viewed_freshness freshness;
    char as_of[TIME_TEXT_SIZE];
    int64_t behind_us;
    int rc = reader_link_freshness(link, api->event_topics, visit->monotonic_us, &freshness, err);

    if (rc)
        return rc;
    visit->replayed_us = freshness.replayed_us;
    visit->as_of_us = freshness.as_of_us;
    if (freshness.as_of_us == TIME_NONE)
        return DONE;
    behind_us = visit->now_us - freshness.as_of_us;
    if (behind_us < 0)
        behind_us = 0; // our clock is behind that of PostgreSQL
    time_format_us(freshness.as_of_us, as_of);
    response_header(&visit->response, "Jobtrail-As-Of", "%s", as_of);
    response_header(&visit->response, "Jobtrail-Seconds-Behind", "%.1f",
                    (double)behind_us / (double)US_PER_SECOND);
    return DONE;
}

static bool read_number(struct slice text, size_t most_digits, int64_t *out)
{
    *out = 0;
    if (!text.size || text.size > most_digits)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *out = *out * 10 + (text.data[i] - '0');
    }
    return true;
}

static bool read_position(struct slice text, int32_t *partition, int64_t *offset)
{
    const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    int64_t number;
    size_t size;

    if (!colon)
        return false;
    size = (size_t)(colon - text.data);
    if (!read_number((struct slice){text.data, size}, PARTITION_DIGITS, &number))
        return false;
    *partition = (int32_t)number;
    return read_number((struct slice){colon + 1, text.size - size - 1}, OFFSET_DIGITS, offset);
}

int freshness_wait(const struct api *api, struct reader_link *link, struct visit *visit,
                   enum wait_outcome *outcome, struct err *err)
{
    int64_t next_offset;
    int rc;

    *outcome = WAIT_OVER;
    if (!request_header_count(&visit->request, wait_header))
        return DONE;
    *outcome = WAIT_ANSWERED;
    if (!read_position(request_header(&visit->request, wait_header), &visit->awaited_partition,
                       &visit->awaited_offset)) {
        visit_bad_parameter(visit, PARAMETER_VALUE, slice_of(wait_header),
                            "PARTITION:OFFSET, two whole numbers of at most 9 and 18 digits, once");
        return DONE;
    }
    if (!visit->wait_until_us)
        visit->wait_until_us = visit->monotonic_us + api->wait_for_us;
    visit->awaits_primary = !link->primary;
    rc = reader_link_position(link, api->event_topics, visit->awaited_partition,
                              visit->monotonic_us, &next_offset, err);
    if (rc)
        return rc;
    if (next_offset > visit->awaited_offset)
        *outcome = WAIT_OVER;
    else if (visit->monotonic_us < visit->wait_until_us)
        *outcome = WAIT_LONGER;
    else
        visit_problem(visit, PROBLEM_NOT_YET_PROJECTED,
                      "The projection has not passed the position yet.");
    return DONE;
}

bool freshness_is_awaited(const struct api *api, struct reader_link *link,
                          const struct visit *visit)
{
    int64_t next_offset;
    struct err err;

    if (!visit->wait_until_us || visit->monotonic_us >= visit->wait_until_us)
        return false;
    if (visit->awaits_primary && link->primary)
        link = link->primary;
    return job_reader_is_connected(link->reader) &&
           !reader_link_look(link, api->event_topics, visit->awaited_partition, visit->monotonic_us,
                             &next_offset, &err) &&
           next_offset <= visit->awaited_offset;
}
