// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_client.h"

#include <stdlib.h>

#include "auth/claims.h"
#include "cli/api/api_client_private.h"
#include "cli/api/token_file.h"
#include "cli/api/token_payload.h"
#include "cli/terminal/interrupt.h"

static void wipe(struct buffer *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->size);
    buffer_free(secret);
}

static int read_token(const struct api_settings *settings, struct buffer *out, struct err *err)
{
    if (settings->token_file)
        return token_file_read(settings->token_file, out, err);
    return token_check(slice_of(settings->token), out, err);
}

// With the token that there is now.
static int open_fetcher(struct api_client *client, struct err *err)
{
    struct fetch_options options = {.who = "the API",
                                    .ca_file = client->settings.ca_file,
                                    .timeout_ms = TIMEOUT_MS,
                                    .most_bytes = ANSWER_MAX_BYTES};
    struct fetcher *fetcher;
    char *token = strndup(client->token.data, client->token.size);

    if (!token)
        return err_no_memory(err);
    options.bearer_token = token;
    fetcher = fetcher_new(&options, err);
    explicit_bzero(token, client->token.size);
    free(token);
    if (!fetcher)
        return (int)err->disposition;
    fetcher_free(client->fetcher);
    client->fetcher = fetcher;
    json_decref(client->claims);
    client->claims = NULL;
    return token_payload_read(buffer_slice(&client->token), &client->claims, err);
}

static int find_organization(struct api_client *client, struct err *err)
{
    struct slice id = slice_of(client->settings.organization);

    if (slice_is_null(id) && client->claims)
        id = claims_text(claims_find(client->claims, client->settings.organization_claim));
    if (slice_is_null(id))
        return err_set(err, FATAL, "CONFIGURATION",
                       "the token does not say which organisation is meant: say --organization "
                       "ID, or set JOBTRAIL_ORGANIZATION or the option organization");
    client->organization = strndup(id.data, id.size);
    return client->organization ? DONE : err_no_memory(err);
}

int api_client_new(const struct invocation *invocation, struct api_client **out, struct err *err)
{
    struct api_client *client = calloc(1, sizeof *client);
    int rc;

    if (!client)
        return err_no_memory(err);
    interrupt_watch();
    rc = api_settings_read(invocation, &client->settings, err);
    if (!rc)
        rc = read_token(&client->settings, &client->token, err);
    if (!rc)
        rc = open_fetcher(client, err);
    if (!rc)
        rc = find_organization(client, err);
    if (rc) {
        api_client_free(client);
        return rc;
    }
    *out = client;
    return DONE;
}

void api_client_free(struct api_client *client)
{
    if (!client)
        return;
    fetcher_free(client->fetcher);
    wipe(&client->token);
    buffer_free(&client->answer);
    json_decref(client->claims);
    free(client->organization);
    free(client);
}

const char *api_client_organization(const struct api_client *client)
{
    return client->organization;
}

const json_t *api_client_claims(const struct api_client *client)
{
    return client->claims;
}

int api_client_renew(struct api_client *client, bool *renewed, struct err *err)
{
    struct buffer token = {0};
    int rc = DONE;

    *renewed = false;
    if (!client->settings.token_file)
        return DONE;
    rc = read_token(&client->settings, &token, err);
    if (rc || slice_equal(buffer_slice(&token), buffer_slice(&client->token))) {
        wipe(&token);
        return rc;
    }
    wipe(&client->token);
    client->token = token;
    *renewed = true;
    return open_fetcher(client, err);
}
