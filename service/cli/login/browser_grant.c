// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/pkce.h"
#include "base/arena.h"
#include "base/time_us.h"
#include "cli/login/grant.h"
#include "cli/login/loopback.h"
#include "cli/terminal/terminal_text.h"
#include "http/request.h"

enum { REDIRECT_SIZE = 40, WORDS_SIZE = 200 };
#define PATIENCE_US (600 * US_PER_SECOND)

extern char **environ;

// Of one sign-in.
struct visit {
    const struct grant_wanted *wanted;
    char state[UNGUESSABLE_SIZE], nonce[UNGUESSABLE_SIZE], verifier[UNGUESSABLE_SIZE];
    char redirect[REDIRECT_SIZE];
};

static void write_address(const struct visit *visit, struct buffer *out)
{
    const struct grant_wanted *wanted = visit->wanted;
    const char *endpoint = issuer_endpoint(wanted->issuer, "authorization_endpoint");
    char challenge[UNGUESSABLE_SIZE];
    struct buffer query = {0};

    pkce_challenge(visit->verifier, challenge);
    form_add(&query, "response_type", "code");
    form_add(&query, "client_id", wanted->client_id);
    form_add(&query, "redirect_uri", visit->redirect);
    form_add(&query, "scope", wanted->scope);
    form_add(&query, "state", visit->state);
    form_add(&query, "nonce", visit->nonce);
    form_add(&query, "code_challenge", challenge);
    form_add(&query, "code_challenge_method", "S256");
    // Without it an issuer gives nothing that outlives the browser's session (OpenID Connect Core,
    // section 11).
    if (strstr(wanted->scope, "offline_access"))
        form_add(&query, "prompt", "consent");
    buffer_append_format(out, "%s%c", endpoint, strchr(endpoint, '?') ? '&' : '?');
    buffer_append(out, query.data, query.size);
    buffer_append(out, "", 1);
    out->failed |= query.failed;
    buffer_free(&query);
}

// Where somebody sits in front of a screen of this machine. Whatever becomes of it: the address is
// told as well.
static void open_browser(const char *address)
{
    const char *const words[] = {"xdg-open", address, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;

    if ((!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY")) || isatty(STDERR_FILENO) != 1 ||
        posix_spawn_file_actions_init(&actions))
        return;
    if (!posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) &&
        !posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) &&
        !posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0))
        (void)posix_spawnp(&child, words[0], &actions, NULL, (char *const *)(uintptr_t)words,
                           environ);
    posix_spawn_file_actions_destroy(&actions);
}

static struct slice parameter(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->parameter_count; i++)
        if (slice_equal(request->parameters[i].name, slice_of(name)))
            return request->parameters[i].value;
    return SLICE_NULL;
}

static int tell_refusal(const struct request *request, const char *client_id, struct err *err)
{
    char error[WORDS_SIZE];
    struct issuer_answer answer = {.error = error};

    terminal_text_copy(error, sizeof error, parameter(request, "error"));
    terminal_text_copy(answer.description, sizeof answer.description,
                       parameter(request, "error_description"));
    return issuer_refusal(&answer, client_id, err);
}

// The code, appended, NUL-terminated.
static int read_answer(const struct visit *visit, const struct request *request,
                       struct buffer *code, struct err *err)
{
    struct issuer *issuer = visit->wanted->issuer;
    struct slice from = parameter(request, "iss"), found = parameter(request, "code");

    // Mixed up with another issuer, a code would go to the wrong one (RFC 9207).
    if (slice_is_null(from) ? issuer_names_itself(issuer)
                            : !slice_equal(from, slice_of(issuer_address(issuer))))
        return err_set(err, FATAL, "NOT_AUTHENTICATED",
                       "the browser brought the answer of another issuer: nobody is signed in");
    if (!found.size)
        return tell_refusal(request, visit->wanted->client_id, err);
    buffer_append(code, found.data, found.size);
    buffer_append(code, "", 1);
    return code->failed ? err_no_memory(err) : DONE;
}

static int trade(const struct visit *visit, const char *code, struct grant_given *given,
                 struct err *err)
{
    struct issuer *issuer = visit->wanted->issuer;
    struct issuer_answer answer = {0};
    struct buffer form = {0};
    int rc;

    form_add(&form, "grant_type", "authorization_code");
    form_add(&form, "code", code);
    form_add(&form, "redirect_uri", visit->redirect);
    form_add(&form, "client_id", visit->wanted->client_id);
    form_add(&form, "code_verifier", visit->verifier);
    buffer_append(&form, "", 1);
    rc = issuer_ask(issuer, issuer_endpoint(issuer, "token_endpoint"), &form, true, &answer, err);
    buffer_free(&form);
    if (!rc)
        rc = grant_take(visit->wanted, &answer, visit->nonce, given, err);
    issuer_answer_free(&answer);
    return rc;
}

static int take_answer(const struct visit *visit, struct slice query, struct grant_given *given,
                       struct err *err)
{
    struct buffer target = {0}, code = {0};
    struct request request = {0};
    struct arena arena;
    int rc;

    arena_init(&arena);
    buffer_append_text(&target, "/?");
    buffer_append(&target, query.data, query.size);
    // It was read once already: only memory can be missing now.
    if (target.failed || request_read_target(&request, buffer_slice(&target), &arena))
        rc = err_no_memory(err);
    else
        rc = read_answer(visit, &request, &code, err);
    if (!rc)
        rc = trade(visit, code.data, given, err);
    buffer_free(&code);
    buffer_free(&target);
    arena_reset(&arena);
    return rc;
}

static int begin(const struct visit *visit, struct err *err)
{
    struct buffer address = {0};
    int rc = DONE;

    write_address(visit, &address);
    if (address.failed) {
        rc = err_no_memory(err);
    } else {
        fprintf(stderr,
                "To sign in at %s, open this in a browser of this machine:\n\n  %s\n\nWaiting for "
                "you to do so; Ctrl-C gives up.\n",
                visit->wanted->service, address.data);
        open_browser(address.data);
    }
    buffer_free(&address);
    return rc;
}

int grant_by_browser(const struct grant_wanted *wanted, struct grant_given *given, struct err *err)
{
    struct visit visit = {.wanted = wanted};
    struct loopback *loopback = NULL;
    struct buffer query = {0};
    int rc;

    *given = (struct grant_given){0};
    if (!issuer_endpoint(wanted->issuer, "authorization_endpoint"))
        return err_set(err, FATAL, "CONFIGURATION",
                       "the issuer names no authorization_endpoint: sign in with --device");
    rc = loopback_open(wanted->redirect_port, &loopback, err);
    if (rc)
        return rc;
    unguessable(visit.state);
    unguessable(visit.nonce);
    unguessable(visit.verifier);
    snprintf(visit.redirect, sizeof visit.redirect, "http://127.0.0.1:%u/",
             loopback_port(loopback));
    rc = begin(&visit, err);
    if (!rc)
        rc = loopback_take(loopback, visit.state, PATIENCE_US, &query, err);
    if (!rc)
        rc = take_answer(&visit, buffer_slice(&query), given, err);
    buffer_free(&query);
    loopback_free(loopback);
    return rc;
}
