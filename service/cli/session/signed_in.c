// SPDX-License-Identifier: Apache-2.0
#include "cli/session/signed_in.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/session/id_token.h"
#include "cli/session/issuer.h"
#include "cli/session/sign_in.h"
#include "cli/session/token_payload.h"
#include "fetch/fetch.h"

struct signed_in {
    char path[PATH_MAX];
    const char *ca_file;
    json_t *sign_in;
};

int signed_in_open(const char *url, const char *ca_file, struct signed_in **out, struct err *err)
{
    struct signed_in *signed_in = calloc(1, sizeof *signed_in);
    char *key = sign_in_key(url);
    int rc;

    *out = NULL;
    if (!signed_in || !key)
        rc = err_no_memory(err);
    else
        rc = state_path(key, signed_in->path, err);
    if (!rc)
        rc = sign_in_load(signed_in->path, &signed_in->sign_in, err);
    free(key);
    if (rc || !signed_in->sign_in) {
        free(signed_in);
        return rc;
    }
    signed_in->ca_file = ca_file;
    *out = signed_in;
    return DONE;
}

void signed_in_free(struct signed_in *signed_in)
{
    if (!signed_in)
        return;
    json_decref(signed_in->sign_in);
    free(signed_in);
}

const char *signed_in_organization_claim(const struct signed_in *signed_in)
{
    return sign_in_text(signed_in->sign_in, SIGN_IN_ORGANIZATION);
}

static int has_ended(struct err *err)
{
    return err_set(err, FATAL, "NOT_AUTHENTICATED",
                   "the sign-in has ended: sign in again with \"jobtrail login\"");
}

// Nothing but an answer may end the question: the tokens that are on their way may work once, and
// the ones that we have do no more.
static int ask_for_tokens(struct signed_in *signed_in, struct issuer *issuer,
                          struct issuer_answer *answer, struct err *err)
{
    const char *client_id = sign_in_text(signed_in->sign_in, SIGN_IN_CLIENT);
    struct buffer form = {0};
    int rc;

    form_add(&form, "grant_type", "refresh_token");
    form_add(&form, "refresh_token", sign_in_text(signed_in->sign_in, SIGN_IN_REFRESH));
    form_add(&form, "client_id", client_id);
    buffer_append(&form, "", 1);
    rc = issuer_ask(issuer, issuer_endpoint(issuer, "token_endpoint"), &form, false, answer, err);
    if (form.data)
        explicit_bzero(form.data, form.size);
    buffer_free(&form);
    if (!rc && answer->status != 200) {
        rc = issuer_refusal(answer, client_id, err);
        issuer_answer_free(answer);
    }
    return rc;
}

// What comes has to be of the same issuer, client and member.
static int take(struct signed_in *signed_in, const json_t *tokens, struct err *err)
{
    struct id_token_expected expected = {.issuer = sign_in_text(signed_in->sign_in, SIGN_IN_ISSUER),
                                         .client_id =
                                             sign_in_text(signed_in->sign_in, SIGN_IN_CLIENT),
                                         .now_us = clock_now_us()};
    const char *before = sign_in_text(signed_in->sign_in, SIGN_IN_ID);
    json_t *claims, *known;
    int rc = token_payload_read(slice_of(before), &known, err);

    if (rc)
        return rc;
    expected.subject = json_string_value(json_object_get(known, "sub"));
    rc = id_token_check(tokens, &expected, &claims, err);
    json_decref(claims);
    json_decref(known);
    return rc ? rc : sign_in_take(signed_in->sign_in, tokens, expected.now_us, err);
}

static bool can_renew(const struct signed_in *signed_in)
{
    return *sign_in_text(signed_in->sign_in, SIGN_IN_REFRESH);
}

// Under the lock.
static int refresh(struct signed_in *signed_in, struct err *err)
{
    struct issuer_answer answer = {0};
    struct state_writing writing = {.fd = -1};
    struct issuer *issuer = NULL;
    int rc;

    if (!can_renew(signed_in))
        return has_ended(err);
    rc = issuer_open(sign_in_text(signed_in->sign_in, SIGN_IN_ISSUER), signed_in->ca_file, &issuer,
                     err);
    if (!rc)
        rc = state_write_begin(&writing, signed_in->path, err);
    if (!rc)
        rc = ask_for_tokens(signed_in, issuer, &answer, err);
    if (!rc)
        rc = take(signed_in, answer.json, err);
    if (!rc)
        rc = sign_in_save(&writing, signed_in->sign_in, err);
    state_write_cancel(&writing);
    issuer_answer_free(&answer);
    issuer_free(issuer);
    return rc;
}

// Another process may have renewed it meanwhile, or signed in anew, or out.
static int look_again(struct signed_in *signed_in, bool *is_another, struct err *err)
{
    json_t *now;
    int rc = sign_in_load(signed_in->path, &now, err);

    if (rc)
        return rc;
    if (!now)
        return has_ended(err);
    *is_another = strcmp(sign_in_text(now, SIGN_IN_ACCESS),
                         sign_in_text(signed_in->sign_in, SIGN_IN_ACCESS)) != 0;
    json_decref(signed_in->sign_in);
    signed_in->sign_in = now;
    return DONE;
}

// is_refused: the token that we have is no good, whatever its time.
static int renew(struct signed_in *signed_in, bool is_refused, struct err *err)
{
    bool is_another = false;
    int lock, rc = state_lock(&lock, err);

    if (rc)
        return rc;
    rc = look_again(signed_in, &is_another, err);
    if (!rc && (sign_in_is_due(signed_in->sign_in, clock_now_us()) ||
                (is_refused && !is_another && can_renew(signed_in))))
        rc = refresh(signed_in, err);
    state_unlock(lock);
    return rc;
}

int signed_in_token(struct signed_in *signed_in, struct buffer *out, struct err *err)
{
    const char *token;
    int rc = DONE;

    if (sign_in_is_due(signed_in->sign_in, clock_now_us()))
        rc = renew(signed_in, false, err);
    // As long as the token is good, its renewal can wait.
    if (rc && !sign_in_has_ended(signed_in->sign_in, clock_now_us()) &&
        strcmp(err->reason, FETCH_OVER) != 0)
        rc = DONE;
    if (rc)
        return rc;
    token = sign_in_text(signed_in->sign_in, SIGN_IN_ACCESS);
    buffer_append_text(out, token);
    return out->failed ? err_no_memory(err) : DONE;
}

int signed_in_renew(struct signed_in *signed_in, struct err *err)
{
    return renew(signed_in, true, err);
}
