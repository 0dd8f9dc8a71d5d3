// SPDX-License-Identifier: Apache-2.0
// What most tests of tokens begin with: an issuer's key set in a file, and a verifier of it.
#pragma once

#include "auth/made_tokens.h"
#include "auth/token.h"

#define ISSUER   "https://issuer.example"
#define AUDIENCE "jobtrail"
#define NOW      INT64_C(1800000000) // seconds
#define NOW_US   (NOW * INT64_C(1000000))
// Claims that pass, without the closing brace's place taken: add ,"more":1} to it.
#define CLAIMS "{\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE "\",\"exp\":1800000300,\"sub\":\"ann\""

struct issuer {
    EVP_PKEY *rsa, *ec; // kids "r" and "e"
    char path[64];
    int64_t clock_us; // the key set's, moved by the test
    struct key_set *keys;
    struct verifier *verifier;
};

// set: the file's text, freed; NULL: of rsa and ec.
void issuer_open(struct issuer *issuer, char *set);
void issuer_close(struct issuer *issuer);

// token is freed.
void accepts(struct issuer *issuer, char *token);
// POISON with this reason, and nothing of the token in its text.
void refuses(struct issuer *issuer, char *token, const char *reason);
// A token of the usual claims, signed by that key under that name; the caller's.
char *signed_by(EVP_PKEY *key, const char *kid);
// A token of the issuer's EC key under that name, or "e", cannot be judged now: RETRY, for this
// reason.
void tells_retry_of(struct issuer *issuer, const char *kid, const char *reason);
void tells_retry(struct issuer *issuer, const char *reason);
