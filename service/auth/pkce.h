// SPDX-License-Identifier: Apache-2.0
// What proves that whoever trades a code for tokens is whoever asked for it (RFC 7636, S256), and
// other texts that nobody can guess.
#pragma once

enum { UNGUESSABLE_SIZE = 44 }; // 32 bytes in base64url, and a NUL

void unguessable(char out[UNGUESSABLE_SIZE]);
// Of the verifier, which unguessable made.
void pkce_challenge(const char verifier[UNGUESSABLE_SIZE], char out[UNGUESSABLE_SIZE]);
