// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_client.h"

#include <stdlib.h>

#include "auth/claims.h"
#include "base/clock.h"
#include "cli/api/api_client_private.h"
#include "cli/api/token_file.h"
#include "cli/session/token_payload.h"
#include "cli/terminal/interrupt.h"

static void wipe(struct buffer *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->size);
    buffer_free(secret);
}

// Whatever an issuer gave goes into a header only if it can be a token.
static int read_signed_in(struct api_client *client, struct buffer *out, struct err *err)
{
    struct buffer token = {0};
    int rc = signed_in_token(client->signed_in, &token, err);

    if (!rc)
        rc = token_check(buffer_slice(&token), out, err);
    wipe(&token);
    return rc;
}

static int read_token(struct api_client *client, struct buffer *out, struct err *err)
{
    const struct api_settings *settings = &client->settings;

    if (client->signed_in)
        return read_signed_in(client, out, err);
    if (settings->token_file)
        return token_file_read(settings->token_file, out, err);
    return token_check(slice_of(settings->token), out, err);
}

static int find_sign_in(struct api_client *client, struct err *err)
{
    const struct api_settings *settings = &client->settings;
    int rc;

    if (settings->token_file || settings->token)
        return DONE;
    rc = signed_in_open(settings->url, settings->ca_file, &client->signed_in, err);
    if (!rc && !client->signed_in)
        rc = err_set(err, FATAL, "CONFIGURATION",
                     "a token is missing, and nobody is signed in at %.200s: \"jobtrail login\" "
                     "does it; or say --token-file FILE, or set JOBTRAIL_TOKEN_FILE, "
                     "JOBTRAIL_TOKEN or the options token.file or token",
                     settings->url);
    return rc;
}

static int read_claims(struct api_client *client, struct err *err)
{
    json_decref(client->claims);
    client->claims = NULL;
    return token_payload_read(buffer_slice(&client->token), &client->claims, err);
}

static int open_fetcher(struct api_client *client, struct err *err)
{
    struct fetch_options options = {.who = "the API",
                                    .ca_file = client->settings.ca_file,
                                    .timeout_ms = TIMEOUT_MS,
                                    .most_bytes = ANSWER_MAX_BYTES};

    client->fetcher = fetcher_new(&options, err);
    return client->fetcher ? DONE : (int)err->disposition;
}

static int find_organization(struct api_client *client, struct err *err)
{
    struct slice id = slice_of(client->settings.organization);
    const char *claim = client->settings.organization_claim;

    if (client->signed_in &&
        claims_pointer_is_valid(signed_in_organization_claim(client->signed_in)))
        claim = signed_in_organization_claim(client->signed_in);
    if (slice_is_null(id) && client->claims)
        id = claims_text(claims_find(client->claims, claim));
    if (slice_is_null(id))
        return err_set(err, FATAL, "CONFIGURATION",
                       "the token does not say which organisation is meant: say --organization "
                       "ID, or set JOBTRAIL_ORGANIZATION or the option organization");
    client->organization = strndup(id.data, id.size);
    return client->organization ? DONE : err_no_memory(err);
}

// A client that has settings and a token, and no more; *out is to be freed in any case.
static int begin(const struct invocation *invocation, struct api_client **out, struct err *err)
{
    struct api_client *client = *out = calloc(1, sizeof *client);
    int rc;

    if (!client)
        return err_no_memory(err);
    interrupt_watch();
    rc = api_settings_read(invocation, &client->settings, err);
    if (!rc)
        rc = find_sign_in(client, err);
    return rc ? rc : read_token(client, &client->token, err);
}

int api_token_read(const struct invocation *invocation, struct buffer *out, struct err *err)
{
    struct api_client *client;
    int rc = begin(invocation, &client, err);

    if (!rc)
        buffer_append(out, client->token.data, client->token.size);
    api_client_free(client);
    return !rc && out->failed ? err_no_memory(err) : rc;
}

int api_client_new(const struct invocation *invocation, struct api_client **out, struct err *err)
{
    struct api_client *client;
    int rc = begin(invocation, &client, err);

    if (!rc)
        rc = read_claims(client, err);
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
    signed_in_free(client->signed_in);
    api_settings_free(&client->settings);
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

int64_t api_client_now_us(const struct api_client *client)
{
    return clock_now_us() + client->ahead_us;
}

// Takes the token that there is now, if it is another one.
static int take_token(struct api_client *client, bool *is_another, struct err *err)
{
    struct buffer token = {0};
    int rc = read_token(client, &token, err);

    *is_another = !rc && !slice_equal(buffer_slice(&token), buffer_slice(&client->token));
    if (!*is_another) {
        wipe(&token);
        return rc;
    }
    wipe(&client->token);
    client->token = token;
    return read_claims(client, err);
}

int api_client_prepare(struct api_client *client, struct err *err)
{
    bool is_another;

    return client->signed_in ? take_token(client, &is_another, err) : DONE;
}

int api_client_renew(struct api_client *client, bool *renewed, struct err *err)
{
    int rc = DONE;

    *renewed = false;
    if (client->signed_in)
        rc = signed_in_renew(client->signed_in, err);
    else if (!client->settings.token_file)
        return DONE;
    return rc ? rc : take_token(client, renewed, err);
}
