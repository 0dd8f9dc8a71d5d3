// SPDX-License-Identifier: Apache-2.0
#include "core/secret_header.h"

#include <strings.h>

// Anywhere in a name.
static const struct slice secrets[] = {
    SLICE_LITERAL("authorization"), SLICE_LITERAL("cookie"),      SLICE_LITERAL("token"),
    SLICE_LITERAL("secret"),        SLICE_LITERAL("password"),    SLICE_LITERAL("passwd"),
    SLICE_LITERAL("passphrase"),    SLICE_LITERAL("credential"),  SLICE_LITERAL("bearer"),
    SLICE_LITERAL("api-key"),       SLICE_LITERAL("api_key"),     SLICE_LITERAL("apikey"),
    SLICE_LITERAL("access-key"),    SLICE_LITERAL("access_key"),  SLICE_LITERAL("accesskey"),
    SLICE_LITERAL("private-key"),   SLICE_LITERAL("private_key"), SLICE_LITERAL("privatekey"),
    SLICE_LITERAL("auth-key"),      SLICE_LITERAL("auth_key"),    SLICE_LITERAL("session-id"),
    SLICE_LITERAL("session_id"),    SLICE_LITERAL("sessionid"),
};
static const struct slice provenance = SLICE_LITERAL("__connect.errors.");

static bool begins_with(struct slice text, struct slice with)
{
    return text.size >= with.size && !strncasecmp(text.data, with.data, with.size);
}

static bool contains(struct slice text, struct slice part)
{
    for (; text.size >= part.size; text.data++, text.size--)
        if (begins_with(text, part))
            return true;
    return false;
}

// Control characters count as blanks.
static struct slice without_blanks_before(struct slice name)
{
    while (name.size && (unsigned char)*name.data <= ' ')
        name.data++, name.size--;
    return name;
}

// "Bearer ...", "Basic ..."; and a JWT begins with an encoded "{\"", whatever it says.
static bool is_credential(struct slice value)
{
    static const struct slice begins[] = {SLICE_LITERAL("bearer "), SLICE_LITERAL("basic "),
                                          SLICE_LITERAL("digest "), SLICE_LITERAL("negotiate ")};
    static const struct slice token = SLICE_LITERAL("eyJ");

    value = without_blanks_before(value);
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (begins_with(value, begins[i]))
            return true;
    return value.size > token.size && !memcmp(value.data, token.data, token.size) &&
           memchr(value.data, '.', value.size);
}

bool header_goes_no_further(struct slice name, struct slice value)
{
    if (begins_with(without_blanks_before(name), provenance) || is_credential(value))
        return true;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (contains(name, secrets[i]))
            return true;
    return false;
}

bool header_is_authorization(struct slice name)
{
    return name.size == secrets[0].size && begins_with(name, secrets[0]);
}
