// SPDX-License-Identifier: Apache-2.0
// Questions to the HTTP API of one organisation, one at a time, and what is answered as JSON.
// Ctrl-C ends a question. Not thread-safe.
#pragma once

#include <jansson.h>

#include "cli/api/api_settings.h"
#include "fetch/fetch.h"

struct api_client;

// Reads the token, and from it the organisation if nobody named one. FATAL (USAGE, CONFIGURATION,
// BAD_URL, BAD_CA_FILE), or RETRY without memory.
int api_client_new(const struct invocation *invocation, struct api_client **out, struct err *err);
void api_client_free(struct api_client *client);
// Appends the token that it would send, which may be one that says no organisation; to be wiped.
int api_token_read(const struct invocation *invocation, struct buffer *out, struct err *err);

const char *api_client_organization(const struct api_client *client);
// The claims of the token, not verified; NULL: they cannot be read.
const json_t *api_client_claims(const struct api_client *client);
// What the server's clock says, as far as an answer told; else this machine's.
int64_t api_client_now_us(const struct api_client *client);
// The token was not accepted: reads its file again, or renews it where somebody is signed in.
// *renewed: there is another one now.
int api_client_renew(struct api_client *client, bool *renewed, struct err *err);

struct api_question {
    const char *path;       // below the organisation, "/jobs/*"; each * is an id
    const char *ids[2];     // in their order
    const char *query;      // without its '?'; NULL or "": none
    const char *body;       // JSON, to POST; NULL: GET
    const char *request_id; // Idempotency-Key; NULL: none
};

struct api_answer {
    long status;
    json_t *json; // owned; NULL: no JSON came
    struct fetch_header retry_after, stream_from, seconds_behind;
};

// Whatever the status, which the caller looks at. While the API says that there are too many
// requests it is asked again, a few times, after as long as it says. RETRY: API_AWAY, INTERRUPTED,
// OUT_OF_MEMORY.
int api_ask(struct api_client *client, const struct api_question *question,
            struct api_answer *answer, struct err *err);
// The same, but any status of 300 or more is an error (api_problem.h).
int api_get(struct api_client *client, const struct api_question *question,
            struct api_answer *answer, struct err *err);
void api_answer_free(struct api_answer *answer);
// Says on standard error how old the answer is, if that is worth telling.
void api_tell_freshness(const struct api_answer *answer);

// A GET that goes on (fetch_stream), with the answer's status and, if it is no stream, its JSON.
int api_listen(struct api_client *client, const struct api_question *question,
               const char *last_event_id, const struct fetch_listener *listener,
               struct api_answer *answer, struct err *err);

// Appends "name=value" to a query, with an '&' before it if it is not the first.
void api_query_add(struct buffer *query, const char *name, const char *value);
// Waits, or until Ctrl-C: then RETRY (INTERRUPTED).
int api_wait(int64_t timeout_ms, struct err *err);

#define API_AWAY "API_AWAY"
