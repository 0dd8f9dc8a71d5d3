// SPDX-License-Identifier: Apache-2.0
#include "cli/session/issuer.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal/interrupt.h"
#include "cli/terminal/terminal_text.h"
#include "fetch/fetch.h"
#include "json/parse.h"

enum { ANSWER_MAX_BYTES = 1024 * 1024, TIMEOUT_MS = 20 * 1000 };

struct issuer {
    char *address;
    struct fetcher *fetcher;
    struct buffer answer;
    json_t *metadata;
};

void form_add(struct buffer *form, const char *name, const char *value)
{
    buffer_append_format(form, "%s%s=", form->size ? "&" : "", name);
    fetch_append_escaped(form, value);
}

// One request; what comes, if it is a JSON object.
static int exchange(struct issuer *issuer, const char *url, const char *body, bool may_stop,
                    long *status, json_t **json, struct err *err)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct fetch_request request = {.url = url,
                                    .shown = issuer->address,
                                    .body = body,
                                    .reason = ISSUER_AWAY,
                                    .headers = headers,
                                    .is_over = may_stop ? interrupt_seen : NULL};
    json_error_t error;
    bool no_memory = false;
    int rc = fetch(issuer->fetcher, &request, status, &issuer->answer, err);

    *json = NULL;
    if (!rc && issuer->answer.size)
        *json = json_parse(buffer_slice(&issuer->answer), &error, &no_memory);
    if (issuer->answer.data)
        explicit_bzero(issuer->answer.data, issuer->answer.size);
    if (*json && !json_is_object(*json)) {
        json_decref(*json);
        *json = NULL;
    }
    return no_memory ? err_no_memory(err) : rc;
}

// It is shown to people, too: what is no plain character has no place in one.
static bool is_plain(const char *address)
{
    for (; *address; address++)
        if ((unsigned char)*address <= ' ' || (unsigned char)*address >= 0x7f)
            return false;
    return true;
}

static int check_address(const char *address, const char *what, struct err *err)
{
    struct fetch_url url;
    int rc = fetch_url_read(address, what, &url, err);

    if (!rc && !is_plain(address))
        rc = err_set(err, FATAL, "CONFIGURATION", "%s: has a character that no address has", what);
    if (!rc && !url.is_https && !url.is_loopback)
        rc = err_set(err, FATAL, "CONFIGURATION",
                     "%s: http:// to another machine, where whoever is in between can read tokens: "
                     "it has to be https://",
                     what);
    return rc;
}

static int check_endpoints(const struct issuer *issuer, struct err *err)
{
    static const char *const names[] = {"authorization_endpoint", "token_endpoint",
                                        "device_authorization_endpoint", "revocation_endpoint"};
    int rc = DONE;

    for (size_t i = 0; !rc && i < sizeof names / sizeof *names; i++)
        if (issuer_endpoint(issuer, names[i]))
            rc = check_address(issuer_endpoint(issuer, names[i]), names[i], err);
    if (!rc && !issuer_endpoint(issuer, "token_endpoint"))
        rc = err_set(err, FATAL, "CONFIGURATION", "the issuer %.300s names no token_endpoint",
                     issuer->address);
    return rc;
}

static int discover(struct issuer *issuer, struct err *err)
{
    struct slice address = slice_without_slashes(slice_of(issuer->address));
    struct buffer url = {0};
    const char *named;
    char other[200];
    long status = 0;
    int rc;

    buffer_append(&url, address.data, address.size);
    buffer_append_text(&url, "/.well-known/openid-configuration");
    buffer_append(&url, "", 1);
    rc = url.failed ? err_no_memory(err)
                    : exchange(issuer, url.data, NULL, true, &status, &issuer->metadata, err);
    buffer_free(&url);
    if (rc)
        return rc;
    named = json_string_value(json_object_get(issuer->metadata, "issuer"));
    if (status >= 500)
        return err_set(err, RETRY, ISSUER_AWAY, "the issuer %.300s answers with %ld",
                       issuer->address, status);
    if (status != 200 || !named)
        return err_set(err, FATAL, "CONFIGURATION",
                       "%.300s is no issuer of OpenID Connect: there is nothing at "
                       "/.well-known/openid-configuration below it (%ld)",
                       issuer->address, status);
    if (strcmp(named, issuer->address)) {
        terminal_text_copy(other, sizeof other, slice_of(named));
        return err_set(err, FATAL, "CONFIGURATION",
                       "the issuer %.200s calls itself %s: it has to be written as that",
                       issuer->address, other);
    }
    return check_endpoints(issuer, err);
}

int issuer_open(const char *address, const char *ca_file, struct issuer **out, struct err *err)
{
    struct fetch_options options = {.who = "the issuer",
                                    .ca_file = ca_file,
                                    .timeout_ms = TIMEOUT_MS,
                                    .most_bytes = ANSWER_MAX_BYTES};
    struct issuer *issuer;
    int rc = check_address(address, "issuer", err);

    if (rc)
        return rc;
    issuer = calloc(1, sizeof *issuer);
    if (!issuer || !(issuer->address = strdup(address))) {
        free(issuer);
        return err_no_memory(err);
    }
    issuer->fetcher = fetcher_new(&options, err);
    rc = issuer->fetcher ? discover(issuer, err) : (int)err->disposition;
    if (rc)
        issuer_free(issuer);
    else
        *out = issuer;
    return rc;
}

void issuer_free(struct issuer *issuer)
{
    if (!issuer)
        return;
    fetcher_free(issuer->fetcher);
    buffer_free(&issuer->answer);
    json_decref(issuer->metadata);
    free(issuer->address);
    free(issuer);
}

const char *issuer_address(const struct issuer *issuer)
{
    return issuer->address;
}

const char *issuer_endpoint(const struct issuer *issuer, const char *name)
{
    return json_string_value(json_object_get(issuer->metadata, name));
}

bool issuer_supports(const struct issuer *issuer, const char *list, const char *word)
{
    const json_t *words = json_object_get(issuer->metadata, list);

    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *each = json_string_value(json_array_get(words, i));

        if (each && !strcmp(each, word))
            return true;
    }
    return false;
}

bool issuer_names_itself(const struct issuer *issuer)
{
    return json_is_true(
        json_object_get(issuer->metadata, "authorization_response_iss_parameter_supported"));
}

int issuer_ask(struct issuer *issuer, const char *endpoint, const struct buffer *form,
               bool may_stop, struct issuer_answer *answer, struct err *err)
{
    const json_t *words;
    int rc;

    *answer = (struct issuer_answer){.error = ""};
    if (form->failed)
        return err_no_memory(err);
    rc = exchange(issuer, endpoint, form->data, may_stop, &answer->status, &answer->json, err);
    if (rc)
        return rc;
    if (answer->status >= 500) {
        rc = err_set(err, RETRY, ISSUER_AWAY, "the issuer %.300s answers with %ld", issuer->address,
                     answer->status);
        issuer_answer_free(answer);
        return rc;
    }
    if (json_is_string(json_object_get(answer->json, "error")))
        answer->error = json_string_value(json_object_get(answer->json, "error"));
    words = json_object_get(answer->json, "error_description");
    terminal_text_copy(answer->description, sizeof answer->description,
                       (struct slice){json_string_value(words), json_string_length(words)});
    return DONE;
}

void issuer_answer_free(struct issuer_answer *answer)
{
    json_decref(answer->json);
    answer->json = NULL;
    answer->error = "";
}

int issuer_refusal(const struct issuer_answer *answer, const char *client_id, struct err *err)
{
    static const struct {
        const char *error, *reason, *words;
    } all[] = {
        {"access_denied", "NOT_AUTHENTICATED", "it was denied there"},
        {"expired_token", "NOT_AUTHENTICATED",
         "the code was not entered in time; begin again with \"jobtrail login\""},
        {"invalid_grant", "NOT_AUTHENTICATED",
         "it has ended, or was taken back; sign in again with \"jobtrail login\""},
        {"invalid_client", "CONFIGURATION",
         "it knows no such client; --client-id or login.client-id of the service names another"},
        {"unauthorized_client", "CONFIGURATION",
         "the client may not sign in this way; try the other one (--browser, --device), or have "
         "the issuer allow it"},
        {"unsupported_grant_type", "CONFIGURATION",
         "it does not do it this way; try the other one (--browser, --device)"},
        {"invalid_scope", "CONFIGURATION",
         "it does not give all that is asked for; --scope or login.scope of the service says what "
         "is"},
    };
    char error[64], client[80];
    const char *between = *answer->description ? ": " : "";

    terminal_text_copy(error, sizeof error, slice_of(answer->error));
    terminal_text_copy(client, sizeof client, slice_of(client_id));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(answer->error, all[i].error))
            return err_set(err, FATAL, all[i].reason,
                           "the issuer refuses the sign-in of client %s: %s (%s%s%s)", client,
                           all[i].words, error, between, answer->description);
    return err_set(err, FATAL, "NOT_AUTHENTICATED",
                   "the issuer refuses the sign-in of client %s: %s%s%s (%ld)", client,
                   *error ? error : "it does not say why", between, answer->description,
                   answer->status);
}
