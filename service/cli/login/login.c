// SPDX-License-Identifier: Apache-2.0
// jobtrail login: list, show, watch and cancel then ask for whoever signed in.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/claims.h"
#include "base/clock.h"
#include "cli/login/grant.h"
#include "cli/login/login_settings.h"
#include "cli/session/sign_in.h"
#include "cli/session/token_payload.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/terminal_text.h"

enum { NAME_SIZE = 200, PORT_MAX = 65535 };

// What else the issuer is asked for than the service says: what renews the sign-in.
static void write_scope(const struct login_settings *settings, const struct issuer *issuer,
                        bool is_chosen, struct buffer *out)
{
    const char *scope = settings->scope ? settings->scope : "openid";

    buffer_append_text(out, scope);
    if (!is_chosen && !strstr(scope, "offline_access") &&
        issuer_supports(issuer, "scopes_supported", "offline_access"))
        buffer_append_text(out, " offline_access");
    buffer_append(out, "", 1);
}

static int ask_member(const struct invocation *invocation, const struct api_settings *api,
                      const struct login_settings *settings, struct issuer *issuer,
                      struct grant_given *given, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    bool by_browser = arguments_given(arguments, "browser"), by_code;
    struct grant_wanted wanted = {.issuer = issuer, .client_id = settings->client_id};
    const char *chosen = arguments_value(arguments, "scope");
    struct buffer scope = {0};
    char service[NAME_SIZE];
    long long port;
    int rc = arguments_integer(arguments, "redirect-port", 1, PORT_MAX, 0, &port, err);

    if (rc)
        return rc;
    if (!chosen)
        chosen = options_text(invocation->options, "login.scope");
    write_scope(settings, issuer, chosen && *chosen, &scope);
    terminal_text_copy(service, sizeof service, slice_of(api->url));
    wanted.scope = scope.data;
    wanted.service = service;
    wanted.redirect_port = (unsigned)port;
    by_code = arguments_given(arguments, "device") ||
              (!by_browser && issuer_endpoint(issuer, "device_authorization_endpoint"));
    if (scope.failed)
        rc = err_no_memory(err);
    else if (by_code)
        rc = grant_by_device(&wanted, given, err);
    else
        rc = grant_by_browser(&wanted, given, err);
    buffer_free(&scope);
    return rc;
}

// As people know them: of the first of these claims that is there.
static const char *name_of(const json_t *claims)
{
    static const char *const names[] = {"name", "preferred_username", "email", "sub"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = json_string_value(json_object_get(claims, names[i]));

        if (text && *text)
            return text;
    }
    return "";
}

static json_t *make_sign_in(const char *key, const struct login_settings *settings,
                            const struct grant_given *given)
{
    json_t *sign_in = json_object();

    if (sign_in && !sign_in_set(sign_in, SIGN_IN_URL, key) &&
        !sign_in_set(sign_in, SIGN_IN_ISSUER, settings->issuer) &&
        !sign_in_set(sign_in, SIGN_IN_CLIENT, settings->client_id) &&
        !sign_in_set(sign_in, SIGN_IN_ORGANIZATION, settings->organization_claim) &&
        !sign_in_set(sign_in, SIGN_IN_MEMBER, name_of(given->claims)))
        return sign_in;
    json_decref(sign_in);
    return NULL;
}

// The organisation of the access token, "" if it names none.
static int read_organization(const json_t *sign_in, char out[NAME_SIZE], struct err *err)
{
    const char *claim = sign_in_text(sign_in, SIGN_IN_ORGANIZATION);
    json_t *claims = NULL;
    int rc = token_payload_read(slice_of(sign_in_text(sign_in, SIGN_IN_ACCESS)), &claims, err);

    *out = '\0';
    if (claims && claims_pointer_is_valid(claim))
        terminal_text_copy(out, NAME_SIZE, claims_text(claims_find(claims, claim)));
    json_decref(claims);
    return rc;
}

static int tell(const struct api_settings *api, const json_t *sign_in, struct err *err)
{
    char member[NAME_SIZE], organization[NAME_SIZE];
    int rc = read_organization(sign_in, organization, err);

    if (rc)
        return rc;
    terminal_text_copy(member, sizeof member, slice_of(sign_in_text(sign_in, SIGN_IN_MEMBER)));
    printf("Signed in at %s%s%s%s%s.\n", sign_in_text(sign_in, SIGN_IN_URL), *member ? " as " : "",
           member, *organization ? ", of " : "", organization);
    if (!*sign_in_text(sign_in, SIGN_IN_REFRESH))
        fprintf(stderr, "jobtrail: the issuer gave nothing to renew it with: it ends with its "
                        "token\n");
    if (api->token_file || api->token)
        fprintf(stderr, "jobtrail: a token is set as well (options token, token.file), and is "
                        "used instead\n");
    return DONE;
}

static int keep(struct state_writing *writing, const json_t *sign_in, struct err *err)
{
    int lock, rc = state_lock(&lock, err);

    if (rc)
        return rc;
    rc = sign_in_save(writing, sign_in, err);
    state_unlock(lock);
    return rc;
}

// Whatever could keep a sign-in from being kept is met before anybody is asked for one.
static int sign_in_at(const struct invocation *invocation, const struct api_settings *api,
                      const char *key, const struct login_settings *settings, struct err *err)
{
    struct state_writing writing = {.fd = -1};
    struct grant_given given = {0};
    struct issuer *issuer = NULL;
    json_t *sign_in = NULL;
    char path[PATH_MAX];
    int rc = state_path(key, path, err);

    if (!rc)
        rc = state_write_begin(&writing, path, err);
    if (!rc)
        rc = issuer_open(settings->issuer, api->ca_file, &issuer, err);
    if (!rc)
        rc = ask_member(invocation, api, settings, issuer, &given, err);
    if (!rc && !(sign_in = make_sign_in(key, settings, &given)))
        rc = err_no_memory(err);
    if (!rc)
        rc = sign_in_take(sign_in, given.tokens, clock_now_us(), err);
    if (!rc)
        rc = keep(&writing, sign_in, err);
    if (!rc)
        rc = tell(api, sign_in, err);
    state_write_cancel(&writing);
    grant_free(&given);
    json_decref(sign_in);
    issuer_free(issuer);
    return rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct login_settings settings;
    struct api_settings api;
    char *key;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "login takes flags only");
    if (arguments_given(invocation->arguments, "browser") &&
        arguments_given(invocation->arguments, "device"))
        return err_set(err, FATAL, "USAGE", "--browser and --device exclude each other");
    interrupt_watch();
    rc = api_settings_read(invocation, &api, err);
    if (rc)
        return rc;
    rc = login_settings_read(invocation, &api, &settings, err);
    if (!rc) {
        key = sign_in_key(api.url);
        rc = key ? sign_in_at(invocation, &api, key, &settings, err) : err_no_memory(err);
        free(key);
        login_settings_free(&settings);
    }
    api_settings_free(&api);
    return rc;
}

static const struct flag flags[] = {
    {"url", "URL", "where the API is, as in https://jobs.example.org (option url)", 0},
    {"browser", NULL, "by a browser of this machine, which comes back here", 0},
    {"device", NULL, "by a code that is entered in a browser, on this machine or another one", 0},
    {"issuer", "URL", "where to sign in (option login.issuer; default: as the service says)", 0},
    {"client-id", "ID", "as which client (option login.client-id; default: likewise)", 0},
    {"scope", "WORDS", "what to ask for (option login.scope; default: likewise)", 0},
    {"redirect-port", "PORT",
     "with --browser: the port of 127.0.0.1 that it comes back to (default: any)", 0},
    {"ca-file", "FILE", "certificates (PEM) to trust; default: the system's (option ca-file)", 0},
};

const struct command login_command = {
    .name = "login",
    .summary = "Signs in, for list, show, watch and cancel to ask as you",
    .synopsis = "[FLAGS]",
    .description =
        "Signs in at the service's issuer (OpenID Connect): with a device code where the issuer "
        "has\n"
        "them, or else by a browser of this machine. The service says which issuer, and as which\n"
        "client. The tokens are kept in $XDG_STATE_HOME/jobtrail, or ~/.local/state/jobtrail, in "
        "a\n"
        "file that only you can read, one for each address of a service, and are renewed when it "
        "is\n"
        "time to. \"jobtrail logout\" takes them back.\n"
        "\n"
        "Exit codes: 0 signed in, 2 wrong usage, 3 wrong configuration, 75 the service or the\n"
        "issuer cannot be reached, 77 it was denied or took too long, 130 interrupted.",
    .example = "  jobtrail login --url https://jobs.example.org\n"
               "  JOBTRAIL_URL=https://jobs.example.org jobtrail list --mine",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
