// SPDX-License-Identifier: Apache-2.0
// An issuer of OpenID Connect as a client on the command line meets it: what it says of itself
// (OpenID Connect Discovery), and questions to its endpoints. Everything goes over https, save to
// this machine. Not thread-safe.
#pragma once

#include <jansson.h>

#include "base/buffer.h"
#include "base/err.h"

struct issuer;

#define ISSUER_AWAY "ISSUER_AWAY"

// Asks it what it is. ca_file: NULL, the system's. FATAL (CONFIGURATION) for an address without
// TLS, or one that is another issuer's; RETRY (ISSUER_AWAY, INTERRUPTED).
int issuer_open(const char *address, const char *ca_file, struct issuer **out, struct err *err);
void issuer_free(struct issuer *issuer);
const char *issuer_address(const struct issuer *issuer);
// An address of it, "token_endpoint"; NULL: it has none.
const char *issuer_endpoint(const struct issuer *issuer, const char *name);
// Whether a list that it publishes, "scopes_supported", has the word.
bool issuer_supports(const struct issuer *issuer, const char *list, const char *word);
// Whether it says that it names itself in the answers that a browser brings (RFC 9207).
bool issuer_names_itself(const struct issuer *issuer);

// Appends "name=value", as forms and queries have them.
void form_add(struct buffer *form, const char *name, const char *value);

struct issuer_answer {
    long status;
    json_t *json;          // owned; NULL: it was no JSON object
    const char *error;     // "access_denied"; borrowed; "" if none
    char description[200]; // for a person, fit for a terminal; "" if none
};

// Posts a form, NUL-terminated. may_stop: Ctrl-C ends it; it must not while tokens are on their
// way that work once. RETRY (ISSUER_AWAY, INTERRUPTED), also for a status of 500 or more.
int issuer_ask(struct issuer *issuer, const char *endpoint, const struct buffer *form,
               bool may_stop, struct issuer_answer *answer, struct err *err);
void issuer_answer_free(struct issuer_answer *answer);
// What an error means, in words and with what to do. FATAL (NOT_AUTHENTICATED or CONFIGURATION).
int issuer_refusal(const struct issuer_answer *answer, const char *client_id, struct err *err);
