// SPDX-License-Identifier: Apache-2.0
// One sign-in: who may ask one service, and what renews that. It is a file of its owner's, by the
// service's address, as state_folder.h keeps it.
#pragma once

#include <jansson.h>
#include <limits.h>

#include "base/err.h"
#include "base/slice.h"
#include "cli/session/state_folder.h"

// The members that are texts.
#define SIGN_IN_URL          "url"
#define SIGN_IN_ISSUER       "issuer"
#define SIGN_IN_CLIENT       "clientId"
#define SIGN_IN_ORGANIZATION "organizationClaim" // where its tokens have the organisation
#define SIGN_IN_MEMBER       "member"            // who it is, for people
#define SIGN_IN_ACCESS       "accessToken"
#define SIGN_IN_REFRESH      "refreshToken"
#define SIGN_IN_ID           "idToken"

// The address without slashes at its end, by which a sign-in is found; malloc'ed, NULL without
// memory.
char *sign_in_key(const char *url);

// The address of the service where somebody is signed in, malloc'ed, if it is the only one; else
// NULL and how many there are. FATAL (CONFIGURATION), RETRY without memory.
int sign_in_only(char **url, size_t *count, struct err *err);
// A new reference; *out NULL: nobody is signed in there. FATAL (CONFIGURATION).
int sign_in_load(const char *path, json_t **out, struct err *err);
int sign_in_save(struct state_writing *writing, const json_t *sign_in, struct err *err);

// "" if it has none.
const char *sign_in_text(const json_t *sign_in, const char *name);
// 0, or -1 without memory. NULL and "" take it away.
int sign_in_set(json_t *sign_in, const char *name, const char *text);

// Takes over what a token endpoint answered, which has to be bearer tokens; a refresh token that
// does not come again stays. FATAL (NOT_AUTHENTICATED) if they are none.
int sign_in_take(json_t *sign_in, const json_t *tokens, int64_t now_us, struct err *err);
// Whether its access token ended, or is about to, so that it is time to renew it.
bool sign_in_is_due(const json_t *sign_in, int64_t now_us);
bool sign_in_has_ended(const json_t *sign_in, int64_t now_us);
