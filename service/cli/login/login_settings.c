// SPDX-License-Identifier: Apache-2.0
#include "cli/login/login_settings.h"

#include <string.h>

#include "cli/api/api_client.h"
#include "cli/terminal/interrupt.h"
#include "json/parse.h"

enum { SETTINGS_MAX_BYTES = 256 * 1024, TIMEOUT_MS = 20 * 1000 };

// *told stays NULL if the service has no such document.
static int ask(const struct api_settings *api, json_t **told, struct err *err)
{
    struct fetch_options options = {.who = "the service",
                                    .ca_file = api->ca_file,
                                    .timeout_ms = TIMEOUT_MS,
                                    .most_bytes = SETTINGS_MAX_BYTES};
    struct fetch_request request = {
        .shown = api->url, .reason = API_AWAY, .is_over = interrupt_seen};
    struct fetcher *fetcher = fetcher_new(&options, err);
    struct buffer url = {0}, answer = {0};
    json_error_t error;
    bool no_memory = false;
    struct slice address = slice_without_slashes(slice_of(api->url));
    long status = 0;
    int rc;

    if (!fetcher)
        return (int)err->disposition;
    buffer_append(&url, address.data, address.size);
    buffer_append_text(&url, "/page/settings.json");
    buffer_append(&url, "", 1);
    request.url = url.data;
    rc = url.failed ? err_no_memory(err) : fetch(fetcher, &request, &status, &answer, err);
    if (!rc && status == 200)
        *told = json_parse(buffer_slice(&answer), &error, &no_memory);
    if (!rc && status >= 500)
        rc = err_set(err, RETRY, API_AWAY, "the service %.300s answers with %ld", api->url, status);
    buffer_free(&url);
    buffer_free(&answer);
    fetcher_free(fetcher);
    return no_memory ? err_no_memory(err) : rc;
}

// The flag, or else the option "login.FLAG"; NULL if neither says anything.
static const char *look_up(const struct invocation *invocation, const char *flag,
                           const char *option)
{
    const char *text = arguments_value(invocation->arguments, flag);

    if (!text)
        text = options_text(invocation->options, option);
    return text && *text ? text : NULL;
}

// From what the service tells: for the command line, or else for its page, as an older one does.
static const char *told(const json_t *settings, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(settings, "login"), name));

    if (!text)
        text = json_string_value(json_object_get(settings, name));
    return text && *text ? text : NULL;
}

static int not_known(const struct api_settings *api, const struct login_settings *settings,
                     struct err *err)
{
    if (!settings->told)
        return err_set(err, FATAL, "CONFIGURATION",
                       "%.200s does not tell how one signs in there (nothing is at "
                       "/page/settings.json below it): is url right? --issuer URL and --client-id "
                       "ID say it otherwise",
                       api->url);
    return err_set(err, FATAL, "CONFIGURATION",
                   "signing in is not set up at %.200s: its administrator sets login.client-id or "
                   "page.client-id there, or you say --issuer URL and --client-id ID",
                   api->url);
}

int login_settings_read(const struct invocation *invocation, const struct api_settings *api,
                        struct login_settings *out, struct err *err)
{
    const char *claim;
    int rc;

    *out = (struct login_settings){0};
    rc = ask(api, &out->told, err);
    if (rc)
        return rc;
    out->issuer = look_up(invocation, "issuer", "login.issuer");
    out->client_id = look_up(invocation, "client-id", "login.client-id");
    out->scope = look_up(invocation, "scope", "login.scope");
    out->issuer = out->issuer ? out->issuer : told(out->told, "issuer");
    out->client_id = out->client_id ? out->client_id : told(out->told, "clientId");
    out->scope = out->scope ? out->scope : told(out->told, "scope");
    claim =
        json_string_value(json_object_get(json_object_get(out->told, "claims"), "organization"));
    out->organization_claim = claim ? claim : "";
    if (!out->issuer || !out->client_id)
        rc = not_known(api, out, err);
    if (rc)
        login_settings_free(out);
    return rc;
}

void login_settings_free(struct login_settings *settings)
{
    json_decref(settings->told);
    settings->told = NULL;
}
