// SPDX-License-Identifier: Apache-2.0
// jobtrail logout: the tokens of "jobtrail login" are taken back, and are no longer here.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/api/api_settings.h"
#include "cli/session/issuer.h"
#include "cli/session/sign_in.h"
#include "cli/terminal/interrupt.h"

// Of refresh and access token the one with which the other one ends, too (RFC 7009).
static int revoke(const json_t *sign_in, struct issuer *issuer, struct err *err)
{
    const char *endpoint = issuer_endpoint(issuer, "revocation_endpoint");
    const char *refresh = sign_in_text(sign_in, SIGN_IN_REFRESH);
    struct issuer_answer answer = {0};
    struct buffer form = {0};
    int rc;

    if (!endpoint) {
        fprintf(stderr, "jobtrail: the issuer has no way to take tokens back: whoever has a copy "
                        "can use it until it ends\n");
        return DONE;
    }
    form_add(&form, "token", *refresh ? refresh : sign_in_text(sign_in, SIGN_IN_ACCESS));
    form_add(&form, "token_type_hint", *refresh ? "refresh_token" : "access_token");
    form_add(&form, "client_id", sign_in_text(sign_in, SIGN_IN_CLIENT));
    buffer_append(&form, "", 1);
    rc = issuer_ask(issuer, endpoint, &form, true, &answer, err);
    buffer_free(&form);
    if (!rc && answer.status >= 300)
        rc = issuer_refusal(&answer, sign_in_text(sign_in, SIGN_IN_CLIENT), err);
    issuer_answer_free(&answer);
    return rc;
}

static int take_back(const json_t *sign_in, const char *ca_file, struct err *err)
{
    struct issuer *issuer = NULL;
    int rc = issuer_open(sign_in_text(sign_in, SIGN_IN_ISSUER), ca_file, &issuer, err);

    if (!rc)
        rc = revoke(sign_in, issuer, err);
    issuer_free(issuer);
    return rc;
}

// Here they go in any case; that the issuer still takes them is told.
static int sign_out(const char *url, const char *path, const char *ca_file, struct err *err)
{
    json_t *sign_in = NULL;
    struct err why = {0};
    int rc = sign_in_load(path, &sign_in, err), revoked;

    if (!rc && !sign_in) {
        fprintf(stderr, "jobtrail: nobody is signed in at %s\n", url);
        return DONE;
    }
    if (rc == FATAL) {
        fprintf(stderr, "jobtrail: %s; it is removed\n", err->text);
        return state_remove(path, err);
    }
    if (rc)
        return rc;
    revoked = take_back(sign_in, ca_file, &why);
    json_decref(sign_in);
    rc = state_remove(path, err);
    if (rc)
        return rc;
    printf("Signed out at %s.\n", url);
    return revoked ? err_set(err, (enum disposition)revoked, why.reason,
                             "the tokens are no longer here, but the issuer may still take them "
                             "until they end: %.300s",
                             why.text)
                   : DONE;
}

// What others could have read is taken back as well, once they can read it no more.
static int sign_out_alone(const char *url, const char *ca_file, struct err *err)
{
    char path[PATH_MAX];
    int lock, rc = state_path(url, path, err);

    if (!rc)
        rc = state_make_private(path, err);
    if (!rc)
        rc = state_lock(&lock, err);
    if (rc)
        return rc;
    rc = sign_out(url, path, ca_file, err);
    state_unlock(lock);
    return rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    struct api_settings api;
    char *key = NULL;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "logout takes flags only");
    interrupt_watch();
    rc = api_settings_read(invocation, &api, err);
    if (rc)
        return rc;
    key = sign_in_key(api.url);
    rc = key ? sign_out_alone(key, api.ca_file, err) : err_no_memory(err);
    free(key);
    api_settings_free(&api);
    return rc;
}

static const struct flag flags[] = {
    {"url", "URL", "where the API is, as in https://jobs.example.org (option url)", 0},
    {"ca-file", "FILE", "certificates (PEM) to trust; default: the system's (option ca-file)", 0},
};

const struct command logout_command = {
    .name = "logout",
    .summary = "Signs out again",
    .synopsis = "[FLAGS]",
    .description =
        "Has the issuer take back what \"jobtrail login\" got, where it can, and removes it from\n"
        "this machine. The browser's own session at the issuer stays.\n"
        "\n"
        "Exit codes: 0 signed out, or nobody was signed in, 2 wrong usage, 3 wrong\n"
        "configuration, 75 the issuer cannot be reached: the tokens are gone here alone.",
    .example = "  jobtrail logout --url https://jobs.example.org",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
