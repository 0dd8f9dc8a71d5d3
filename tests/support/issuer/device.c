// SPDX-License-Identifier: Apache-2.0
// A device that has no browser: it is told a code, a member enters that and says who they are.
#include "support/issuer/issuer.h"

#include <ctype.h>
#include <stdio.h>

#include "base/embedded.h"
#include "base/random.h"
#include "embedded_issuer.h"

enum { LIFETIME_S = 600, INTERVAL_S = 1, HALF = 4 };

// Letters that are not taken for each other, and make no words.
static void make_user_code(char out[USER_CODE_SIZE])
{
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
    uint64_t random = random_u64();

    for (size_t i = 0; i < USER_CODE_SIZE - 1; i++) {
        out[i] = letters[random % (sizeof letters - 1)];
        random /= sizeof letters - 1;
    }
    out[HALF] = '-';
    out[USER_CODE_SIZE - 1] = '\0';
}

void issuer_device_authorization(struct issuer *issuer, struct asked *asked)
{
    struct grant *grant;

    if (!slice_equal(asked_parameter(asked, "client_id"), slice_of(issuer->client_id))) {
        asked_json(asked, 400, "{\"error\":\"invalid_client\"}");
        return;
    }
    grant = issuer_add_grant(issuer, MEMBER_NONE, GRANT_DEVICE);
    make_user_code(grant->user_code);
    asked_json(asked, 200,
               "{\"device_code\":\"%s\",\"user_code\":\"%s\",\"verification_uri\":\"%s/device\","
               "\"verification_uri_complete\":\"%s/device?user_code=%s\",\"expires_in\":%d,"
               "\"interval\":%d}",
               grant->text, grant->user_code, issuer->address, issuer->address, grant->user_code,
               LIFETIME_S, INTERVAL_S);
}

// Whatever the case, and whatever stands between the letters.
static bool is_same_code(const char *code, struct slice entered)
{
    for (size_t i = 0; i < entered.size; i++) {
        if (!isalpha((unsigned char)entered.data[i]))
            continue;
        code += *code == '-';
        if (*code++ != toupper((unsigned char)entered.data[i]))
            return false;
    }
    return !*code;
}

static struct grant *find(struct issuer *issuer, struct slice entered)
{
    for (size_t i = 0; i < GRANTS_MAX; i++) {
        struct grant *grant = &issuer->grants[i];

        if (grant->kind == GRANT_DEVICE && *grant->text && is_same_code(grant->user_code, entered))
            return issuer_find_grant(issuer, slice_of(grant->text), GRANT_DEVICE);
    }
    return NULL;
}

static void ask_for_code(struct asked *asked)
{
    struct slice text =
        embedded_slice(embedded_find(embedded_issuer, embedded_issuer_count, "device.html"));

    asked->response.status = 200;
    asked->response.media_type = "text/html; charset=utf-8";
    buffer_append(&asked->response.body, text.data, text.size);
}

void issuer_device(struct issuer *issuer, struct asked *asked)
{
    struct slice entered = asked_parameter(asked, "user_code");
    struct grant *grant = entered.size ? find(issuer, entered) : NULL;
    int member;

    if (!entered.size)
        ask_for_code(asked);
    else if (!grant)
        asked_words(asked, 404, "No device shows that code, or it has ended.");
    else if (!issuer_read_member(issuer, asked_parameter(asked, "member"), &member))
        issuer_offer(issuer, asked, "device");
    else {
        grant->member = member;
        asked_words(asked, 200, "The device is signed in. You can close this window.");
    }
}
