// SPDX-License-Identifier: Apache-2.0
// Where the HTTP API is, whose jobs are meant, and who asks: from the flags of a command, or else
// from the options url, organization, token, token.file and ca-file.
#pragma once

#include "cli/terminal/command.h"

// What every command that speaks the API takes.
#define API_FLAGS                                                                                  \
    {"url", "URL", "where the API is (option url; without: where you are signed in)", 0},          \
        {"organization", "ID",                                                                     \
         "whose jobs (option organization; without both: the token's organisation)", 0},           \
        {"token-file", "FILE",                                                                     \
         "where the bearer token is (options token.file, token; without: \"jobtrail login\")", 0}, \
    {                                                                                              \
        "ca-file", "FILE", "certificates (PEM) to trust; default: the system's (option ca-file)",  \
            0                                                                                      \
    }

// For the end of their descriptions.
#define API_DESCRIPTION                                                                            \
    "The address, the organisation and the token come from the flags, or from the options\n"       \
    "url, organization, token and token.file of a configuration file or the environment\n"         \
    "(JOBTRAIL_URL, JOBTRAIL_ORGANIZATION, JOBTRAIL_TOKEN, JOBTRAIL_TOKEN_FILE). There is no\n"    \
    "flag for the token itself: others of the machine would see it in the list of processes.\n"    \
    "Without a token it is that of \"jobtrail login\", renewed when it is time to.\n"
#define API_EXIT_CODES                                                                             \
    "1 failed, 2 wrong usage, 3 wrong configuration, 75 the API cannot be reached or is busy,\n"   \
    "77 it does not accept the token, 130 interrupted"

// Borrowed from the invocation, but for what is owned.
struct api_settings {
    char *only_url;                 // owned: url, where it is that of the only sign-in; else NULL
    const char *url;                // http or https, without credentials, query and fragment
    const char *organization;       // NULL: what the token says
    const char *ca_file;            // NULL: the system's
    const char *token_file;         // NULL: token it is
    const char *token;              // NULL as well: that of whoever is signed in at url
    const char *organization_claim; // where a token has it, a JSON pointer
};

// FATAL (CONFIGURATION, BAD_URL), saying how to set what is missing.
int api_settings_read(const struct invocation *invocation, struct api_settings *out,
                      struct err *err);
void api_settings_free(struct api_settings *settings);
