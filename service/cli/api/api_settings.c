// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_settings.h"

#include <stdlib.h>

#include "cli/session/sign_in.h"
#include "fetch/fetch.h"

// The flag of that name, or else the option; NULL if neither says anything.
static const char *look_up(const struct invocation *invocation, const char *name)
{
    const char *text = arguments_value(invocation->arguments, name);

    if (!text)
        text = options_text(invocation->options, name);
    return text && *text ? text : NULL;
}

// Of token and token.file the one that was set last holds: a later source wins over an earlier one.
static void find_token(const struct invocation *invocation, struct api_settings *out)
{
    struct option_value value;

    out->token_file = arguments_value(invocation->arguments, "token-file");
    for (size_t i = 0; !out->token_file && options_value_at(invocation->options, i, &value); i++) {
        if (!strcmp(value.name, "token") && *value.value)
            out->token = value.value;
        else if (!strcmp(value.name, "token.file") && *value.value)
            out->token = NULL;
    }
    if (!out->token_file && !out->token)
        out->token_file = look_up(invocation, "token.file");
}

static int check_url(const struct invocation *invocation, const struct api_settings *settings,
                     struct err *err)
{
    struct fetch_url url;
    int rc = fetch_url_read(settings->url, "url:", &url, err);

    if (rc)
        return rc;
    if (url.has_query)
        return err_set(err, FATAL, "BAD_URL", "url: has a query or fragment in it");
    if (!url.is_https && !url.is_loopback && !options_choice(invocation->options, "url.open-http"))
        return err_set(err, FATAL, "CONFIGURATION",
                       "url: http:// to another machine, where whoever is in between can read the "
                       "token: use https://, or say --set url.open-http=allow");
    return DONE;
}

// A token that was given goes nowhere but where it was told to go.
static int find_url(struct api_settings *out, struct err *err)
{
    size_t count = 0;
    int rc = out->token || out->token_file ? DONE : sign_in_only(&out->only_url, &count, err);

    out->url = out->only_url;
    if (rc || out->url)
        return rc;
    return err_set(err, FATAL, "CONFIGURATION",
                   "it is not known where the API is%s: say --url https://..., or set JOBTRAIL_URL "
                   "or the option url",
                   count > 1 ? ", and you are signed in at several" : "");
}

int api_settings_read(const struct invocation *invocation, struct api_settings *out,
                      struct err *err)
{
    int rc;

    *out = (struct api_settings){
        .url = look_up(invocation, "url"),
        .organization = look_up(invocation, "organization"),
        .ca_file = look_up(invocation, "ca-file"),
        .organization_claim = options_text(invocation->options, "auth.claim.organization"),
    };
    find_token(invocation, out);
    rc = out->url ? DONE : find_url(out, err);
    if (!rc)
        rc = check_url(invocation, out, err);
    if (rc)
        api_settings_free(out);
    return rc;
}

void api_settings_free(struct api_settings *settings)
{
    free(settings->only_url);
    settings->only_url = NULL;
}
