// SPDX-License-Identifier: Apache-2.0
// With which issuer, and as which client, one signs in at a service: from flags and options, or
// else as the service itself tells (/page/settings.json).
#pragma once

#include <jansson.h>

#include "cli/api/api_settings.h"

struct login_settings {
    json_t *told;       // owned: what the service says; NULL: nothing
    const char *issuer; // borrowed from told or the invocation, as what follows
    const char *client_id;
    const char *scope;              // NULL: nobody says which
    const char *organization_claim; // "": it is not known
};

// FATAL (CONFIGURATION) where it is not known; RETRY (API_AWAY, INTERRUPTED).
int login_settings_read(const struct invocation *invocation, const struct api_settings *api,
                        struct login_settings *out, struct err *err);
void login_settings_free(struct login_settings *settings);
