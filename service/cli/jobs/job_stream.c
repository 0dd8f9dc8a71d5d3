// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_stream.h"

#include "cli/jobs/job_members.h"

// The stream cannot be asked for one job; the text search finds its id, and few others.
int job_stream_find(struct api_client *client, const char *job_id, struct buffer *query,
                    struct fetch_header *from, struct err *err)
{
    struct api_question question = {.path = "/jobs", .query = "limit=1"};
    struct api_answer answer;
    int rc;

    api_query_add(query, "q", job_id);
    buffer_append(query, "", 1);
    if (query->failed)
        return err_no_memory(err);
    rc = api_get(client, &question, &answer, err);
    if (rc)
        return rc;
    rc = api_stream_require(&answer, err);
    *from = answer.stream_from;
    api_answer_free(&answer);
    return rc;
}

bool job_stream_concerns(const struct stream_news *news, const char *job_id)
{
    return news->kind == NEWS_RESET ||
           (news->kind != NEWS_FRESH && member_is(news->body, "jobID", job_id));
}
