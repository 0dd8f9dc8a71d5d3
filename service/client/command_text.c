// SPDX-License-Identifier: Apache-2.0
#include "client/command_text.h"

#include <stdlib.h>

#include "base/utf8.h"

// Of a command, in the order in which they stand behind it.
enum {
    COMMAND_ID,
    REQUEST_ID,
    ORGANIZATION_ID,
    JOB_ID,
    TYPE,
    REQUESTER_ID,
    REASON,
    TRACEPARENT,
    TEXTS,
};

static struct jobtrail_command *make(const struct slice texts[TEXTS], int32_t attempt,
                                     int64_t issued_at_us, void *tag)
{
    size_t size = sizeof(struct jobtrail_command);
    const char *places[TEXTS] = {NULL};
    struct jobtrail_command *made;
    char *at;

    for (size_t i = 0; i < TEXTS; i++)
        size += slice_is_null(texts[i]) ? 0 : texts[i].size + 1;
    made = malloc(size);
    if (!made)
        return NULL;
    at = (char *)(made + 1);
    for (size_t i = 0; i < TEXTS; i++) {
        if (slice_is_null(texts[i]))
            continue;
        memcpy(at, texts[i].data, texts[i].size);
        at[texts[i].size] = '\0';
        places[i] = at;
        at += texts[i].size + 1;
    }
    *made = (struct jobtrail_command){
        .command_id = places[COMMAND_ID],
        .request_id = places[REQUEST_ID],
        .organization_id = places[ORGANIZATION_ID],
        .job_id = places[JOB_ID],
        .attempt = attempt,
        .type = places[TYPE],
        .requester_id = places[REQUESTER_ID],
        .reason = places[REASON],
        .traceparent = places[TRACEPARENT],
        .issued_at_us = issued_at_us,
        .tag = tag,
    };
    return made;
}

// A reason that is longer than any that Jobtrail writes ends early.
static struct slice within_limit(struct slice text)
{
    if (text.size > MESSAGE_MAX_BYTES)
        text.size = utf8_cut(text, MESSAGE_MAX_BYTES);
    return text;
}

struct jobtrail_command *command_text_new(const struct heard_command *heard)
{
    const struct cancel_job *job = heard->job;
    char command_id[UUID_TEXT_SIZE], request_id[UUID_TEXT_SIZE];
    const struct slice texts[TEXTS] = {
        [COMMAND_ID] = {command_id, sizeof command_id - 1},
        [REQUEST_ID] = {request_id, sizeof request_id - 1},
        [ORGANIZATION_ID] = job->organization_id,
        [JOB_ID] = job->job_id,
        [TYPE] = job->type,
        [REQUESTER_ID] = job->requester_id,
        [REASON] = within_limit(job->reason),
        [TRACEPARENT] = heard->traceparent,
    };

    uuid_format(&job->command_id, command_id);
    uuid_format(&job->request_id, request_id);
    return make(texts, job->attempt, job->issued_at_us, NULL);
}

static void texts_of(const struct jobtrail_command *command, struct slice texts[TEXTS])
{
    texts[COMMAND_ID] = slice_of(command->command_id);
    texts[REQUEST_ID] = slice_of(command->request_id);
    texts[ORGANIZATION_ID] = slice_of(command->organization_id);
    texts[JOB_ID] = slice_of(command->job_id);
    texts[TYPE] = slice_of(command->type);
    texts[REQUESTER_ID] = slice_of(command->requester_id);
    texts[REASON] = slice_of(command->reason);
    texts[TRACEPARENT] = slice_of(command->traceparent);
}

struct jobtrail_command *command_text_copy(const struct jobtrail_command *command, void *tag)
{
    struct slice texts[TEXTS];

    texts_of(command, texts);
    return make(texts, command->attempt, command->issued_at_us, tag);
}

size_t command_text_bytes(const struct jobtrail_command *command)
{
    size_t size = sizeof *command;
    struct slice texts[TEXTS];

    texts_of(command, texts);
    for (size_t i = 0; i < TEXTS; i++)
        size += slice_is_null(texts[i]) ? 0 : texts[i].size + 1;
    return size;
}
