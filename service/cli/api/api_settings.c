// SPDX-License-Identifier: Apache-2.0
#include "cli/api/api_settings.h"

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

int api_settings_read(const struct invocation *invocation, struct api_settings *out,
                      struct err *err)
{
    *out = (struct api_settings){
        .url = look_up(invocation, "url"),
        .organization = look_up(invocation, "organization"),
        .ca_file = look_up(invocation, "ca-file"),
        .organization_claim = options_text(invocation->options, "auth.claim.organization"),
    };
    find_token(invocation, out);
    if (!out->url)
        return err_set(err, FATAL, "CONFIGURATION",
                       "it is not known where the API is: say --url https://..., or set "
                       "JOBTRAIL_URL or the option url");
    return check_url(invocation, out, err);
}
