// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/api/api_client.h"
#include "cli/login/grant.h"
#include "cli/terminal/terminal_text.h"

enum {
    INTERVAL_S = 5, // unless the issuer says another
    INTERVAL_MAX_S = 60,
    SLOWER_S = 5, // as RFC 8628 has it
    LIFETIME_S = 600,
    TEXT_SIZE = 600,
};

struct device {
    const struct grant_wanted *wanted;
    const char *code;
    json_int_t interval_s;
    int64_t ends_us; // monotonic
    bool was_told;   // that the issuer cannot be reached
};

static json_int_t seconds_of(const json_t *answer, const char *name, json_int_t fallback)
{
    json_int_t seconds = json_integer_value(json_object_get(answer, name));

    return seconds > 0 ? seconds : fallback;
}

static void read_text(const json_t *answer, const char *name, char out[TEXT_SIZE])
{
    const json_t *text = json_object_get(answer, name);

    terminal_text_copy(out, TEXT_SIZE,
                       (struct slice){json_string_value(text), json_string_length(text)});
}

static int ask_for_code(const struct grant_wanted *wanted, struct issuer_answer *answer,
                        struct err *err)
{
    const char *endpoint = issuer_endpoint(wanted->issuer, "device_authorization_endpoint");
    struct buffer form = {0};
    int rc;

    if (!endpoint)
        return err_set(err, FATAL, "CONFIGURATION",
                       "the issuer has no device codes: sign in with --browser, on a machine that "
                       "has one");
    form_add(&form, "client_id", wanted->client_id);
    form_add(&form, "scope", wanted->scope);
    buffer_append(&form, "", 1);
    rc = issuer_ask(wanted->issuer, endpoint, &form, true, answer, err);
    buffer_free(&form);
    if (!rc && answer->status != 200)
        rc = issuer_refusal(answer, wanted->client_id, err);
    return rc;
}

static int tell(const struct grant_wanted *wanted, const json_t *answer, struct err *err)
{
    char where[TEXT_SIZE], code[TEXT_SIZE], at_once[TEXT_SIZE];

    read_text(answer, "verification_uri", where);
    if (!*where)
        read_text(answer, "verification_url", where); // as one that is older than the RFC has it
    read_text(answer, "user_code", code);
    read_text(answer, "verification_uri_complete", at_once);
    if (!*where || !*code || !json_string_length(json_object_get(answer, "device_code")))
        return err_set(err, FATAL, "NOT_AUTHENTICATED",
                       "the issuer's answer has no code to sign in with");
    fprintf(stderr, "To sign in at %s, open\n\n  %s\n\nand enter the code  %s\n\n", wanted->service,
            where, code);
    if (*at_once)
        fprintf(stderr, "or open\n\n  %s\n\nand see that it shows that code.\n\n", at_once);
    fprintf(stderr, "Waiting for you to do so; Ctrl-C gives up.\n");
    return DONE;
}

static int ask_for_tokens(const struct device *device, struct issuer_answer *answer,
                          struct err *err)
{
    struct issuer *issuer = device->wanted->issuer;
    struct buffer form = {0};
    int rc;

    form_add(&form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    form_add(&form, "device_code", device->code);
    form_add(&form, "client_id", device->wanted->client_id);
    buffer_append(&form, "", 1);
    rc = issuer_ask(issuer, issuer_endpoint(issuer, "token_endpoint"), &form, true, answer, err);
    buffer_free(&form);
    return rc;
}

// Whether to ask again, and how much later.
static bool goes_on(struct device *device, int rc, const struct issuer_answer *answer,
                    const struct err *err)
{
    if (rc == RETRY && !strcmp(err->reason, ISSUER_AWAY)) {
        if (!device->was_told)
            fprintf(stderr, "jobtrail: %s; trying again\n", err->text);
        device->was_told = true;
        device->interval_s *= 2;
        return true;
    }
    if (rc)
        return false;
    if (!strcmp(answer->error, "slow_down"))
        device->interval_s += SLOWER_S;
    return !strcmp(answer->error, "slow_down") || !strcmp(answer->error, "authorization_pending");
}

static int wait_for_tokens(struct device *device, struct grant_given *given, struct err *err)
{
    while (true) {
        struct issuer_answer answer = {0};
        int rc;

        if (device->interval_s > INTERVAL_MAX_S)
            device->interval_s = INTERVAL_MAX_S;
        rc = api_wait(device->interval_s * 1000, err);
        if (rc)
            return rc;
        rc = ask_for_tokens(device, &answer, err);
        if (!goes_on(device, rc, &answer, err)) {
            if (!rc)
                rc = grant_take(device->wanted, &answer, NULL, given, err);
            issuer_answer_free(&answer);
            return rc;
        }
        issuer_answer_free(&answer);
        if (clock_monotonic_us() >= device->ends_us)
            return err_set(err, FATAL, "NOT_AUTHENTICATED",
                           "the code was not entered in time; begin again with \"jobtrail login\"");
    }
}

int grant_by_device(const struct grant_wanted *wanted, struct grant_given *given, struct err *err)
{
    struct device device = {.wanted = wanted};
    struct issuer_answer answer = {0};
    int rc;

    *given = (struct grant_given){0};
    rc = ask_for_code(wanted, &answer, err);
    if (!rc)
        rc = tell(wanted, answer.json, err);
    if (!rc) {
        json_int_t lifetime_s = seconds_of(answer.json, "expires_in", LIFETIME_S);

        device.code = json_string_value(json_object_get(answer.json, "device_code"));
        device.interval_s = seconds_of(answer.json, "interval", INTERVAL_S);
        device.ends_us =
            clock_monotonic_us() + (lifetime_s < 86400 ? lifetime_s : 86400) * US_PER_SECOND;
        rc = wait_for_tokens(&device, given, err);
    }
    issuer_answer_free(&answer);
    return rc;
}
