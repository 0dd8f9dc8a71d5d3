// SPDX-License-Identifier: Apache-2.0
// An OpenID Connect issuer for a try-out on this machine: whoever asks may be any member they like.
// It exists so that the Jobs page can be met, and tested, with real sign-ins: discovery, key set,
// code with PKCE, device codes, refresh tokens that work once, end of session. Never for anything
// that matters. One thread.
#pragma once

#include "base/buffer.h"
#include "base/err.h"
#include "base/option_value.h"
#include "http/request.h"
#include "http/response.h"

// A digit names each member.
enum { MEMBERS_MAX = 10, GRANTS_MAX = 256, GRANT_SIZE = 44, USER_CODE_SIZE = 10, MEMBER_NONE = -1 };

struct member {
    const char *role, *id, *organization_id, *name;
};

enum grant_kind { GRANT_CODE, GRANT_REFRESH, GRANT_DEVICE };

// What a code, a refresh token or a device code stands for. Forgotten once used.
struct grant {
    char text[GRANT_SIZE]; // "": free
    enum grant_kind kind;
    int member;                               // place among the members; MEMBER_NONE: not said yet
    char user_code[USER_CODE_SIZE];           // of a device code
    int64_t expires_at_us;                    // monotonic
    struct buffer nonce, challenge, redirect; // of a code
};

struct issuer {
    struct listen_address listen;
    char address[LISTEN_HOST_SIZE + 16];     // of itself, as tokens name it
    const char *client_id, *audience, *page; // page: the origin that may ask
    int64_t lifetime_s;
    bool refreshes;
    struct member members[MEMBERS_MAX];
    size_t member_count;
    struct buffer key, key_set;
    struct grant grants[GRANTS_MAX];
    size_t next_grant;
};

// One request, and its answer.
struct asked {
    struct request request;
    struct response response;
    struct arena arena;
    int signed_in; // whom the browser's cookie names, or MEMBER_NONE
};

// main.c: from the command line. False, and usage is to be told.
bool issuer_read_flags(struct issuer *issuer, int count, char **words) MUST_CHECK;

// endpoints.c: answers.
void issuer_answer(struct issuer *issuer, struct asked *asked);
// authorize.c: and the page to choose a member from, of which each leads to that address again.
void issuer_offer(const struct issuer *issuer, struct asked *asked, const char *address);
void issuer_authorize(struct issuer *issuer, struct asked *asked);
// device.c: RFC 8628.
void issuer_device_authorization(struct issuer *issuer, struct asked *asked);
void issuer_device(struct issuer *issuer, struct asked *asked);
// tokens.c
struct grant *issuer_add_grant(struct issuer *issuer, int member, enum grant_kind kind);
struct grant *issuer_find_grant(struct issuer *issuer, struct slice text, enum grant_kind kind);
// Whether the parameter is a digit that names one.
bool issuer_read_member(const struct issuer *issuer, struct slice text, int *member);
void issuer_token(struct issuer *issuer, struct asked *asked);
// A refresh token is worth nothing any more (RFC 7009).
void issuer_revoke(struct issuer *issuer, struct asked *asked);
// A code for this member, with what the token's request has to prove. NULL without memory.
const char *issuer_grant_code(struct issuer *issuer, int member, struct slice nonce,
                              struct slice challenge, struct slice redirect);

// The value of a parameter, in query or form; null: there is none, or more than one.
struct slice asked_parameter(const struct asked *asked, const char *name);
void asked_json(struct asked *asked, int status, const char *format, ...) PRINTF_LIKE(3, 4);
// A page for a person that says this.
void asked_words(struct asked *asked, int status, const char *words);
// 303 to an address of the caller's.
void asked_redirect(struct asked *asked, const struct buffer *address);
