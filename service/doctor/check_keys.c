// SPDX-License-Identifier: Apache-2.0
// The key set that tokens are verified with, and what the issuer says of itself: a token's iss must
// be auth.issuer byte for byte, and the page signs in where the issuer's configuration says.
#include "doctor/checks.h"

#include <jansson.h>
#include <stdlib.h>

#include "auth/key_source.h"
#include "base/smaller.h"
#include "doctor/web.h"

static void look_at_keys(const struct patient *patient, struct findings *findings)
{
    struct key_source_options options = patient->config->auth.keys.source;
    struct key_source *source = NULL;
    struct keys *keys = NULL;
    struct err err;
    int rc;

    options.timeout_ms = (int)smaller(options.timeout_ms, patient->step_ms);
    rc = key_source_new(&options, &source, &err);
    if (!rc)
        rc = key_source_read(source, &keys, &err);
    if (rc)
        findings_add_err(findings, FINDING_ERROR, "auth.jwks", &err);
    else if (!keys_count(keys))
        findings_add(findings, FINDING_ERROR, "auth.jwks",
                     "%s has no key that tokens can be verified with (RS256, PS256 or ES256)",
                     options.location);
    else
        findings_add(findings, FINDING_OK, "auth.jwks", "%s has %zu keys that can be used",
                     options.location, keys_count(keys));
    keys_let_go(keys);
    if (source)
        key_source_free(source);
}

static void compare(struct findings *findings, const json_t *said, const char *member,
                    const char *option, const char *configured)
{
    const char *value = json_string_value(json_object_get(said, member));

    if (!value || !strcmp(value, configured))
        return;
    findings_add(findings, FINDING_ERROR, option,
                 "it is \"%s\", but the issuer says that its %s is "
                 "\"%.200s\"",
                 configured, member, value);
    findings_command(findings, "jobtrail … --set %s=%.200s", option, value);
}

static void read_configuration(const struct patient *patient, struct slice answer,
                               struct findings *findings)
{
    const struct auth_config *auth = &patient->config->auth;
    json_t *said = json_loadb(answer.data, answer.size, 0, NULL);

    if (!json_is_object(said))
        findings_add(findings, FINDING_WARNING, "auth.issuer", "its configuration is no JSON");
    compare(findings, said, "issuer", "auth.issuer", auth->issuer);
    if (strstr(auth->keys.source.location, "://"))
        compare(findings, said, "jwks_uri", "auth.jwks", auth->keys.source.location);
    json_decref(said);
}

// An issuer that is no OpenID Connect provider is none the worse for it, unless members sign in.
static void look_at_issuer(const struct patient *patient, struct findings *findings)
{
    const struct config *config = patient->config;
    const bool is_needed = patient->has_api && config->page.client_id;
    struct buffer url, answer = {0};
    struct err err;
    int rc;

    if (!config->auth.issuer || !strstr(config->auth.issuer, "://"))
        return;
    buffer_init(&url);
    buffer_append_format(&url, "%.*s/.well-known/openid-configuration",
                         (int)strlen(config->auth.issuer) -
                             (config->auth.issuer[strlen(config->auth.issuer) - 1] == '/'),
                         config->auth.issuer);
    buffer_append(&url, "", 1);
    rc = url.failed ? err_no_memory(&err) : web_get(patient, url.data, &answer, NULL, &err);
    if (rc) {
        findings_add(
            findings, is_needed ? FINDING_ERROR : FINDING_OK, "auth.issuer", "%s%s", err.text,
            is_needed ? "; members cannot sign in at the page" : "; only the page needs it");
    } else {
        size_t before = findings->count;

        read_configuration(patient, buffer_slice(&answer), findings);
        if (findings->count == before)
            findings_add(findings, FINDING_OK, "auth.issuer", "the issuer says the same of itself");
    }
    buffer_free(&answer);
    buffer_free(&url);
}

int check_keys(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)err;
    look_at_keys(patient, findings);
    look_at_issuer(patient, findings);
    return DONE;
}
