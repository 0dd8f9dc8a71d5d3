// SPDX-License-Identifier: Apache-2.0
// Whether the options say all that the parts need, and which versions this binary runs with.
#include "doctor/checks.h"

#include "base/version.h"
#include "fetch/fetch.h"
#include "kafka/inspector.h"
#include "store/examine/examiner.h"

static void require(struct findings *findings, bool is_needed,
                    int (*holds)(const struct config *config, struct err *err),
                    const struct config *config)
{
    struct err err;

    if (is_needed && holds(config, &err))
        findings_add_err(findings, FINDING_ERROR, "", &err);
}

static int require_verifier(const struct config *config, struct err *err)
{
    return config_require_auth(config, false, err);
}

int check_configuration(const struct patient *patient, struct findings *findings, struct err *err)
{
    const struct config *config = patient->config;
    const bool takes_tokens =
        patient->has_gate && config->cancel_authentication == CANCEL_AUTHENTICATION_TOKEN;

    (void)err;
    require(findings, patient->projects || patient->has_gate, config_require_kafka, config);
    require(findings, patient->has_gate, config_require_authentication, config);
    require(findings, patient->has_api, config_require_http, config);
    require(findings, takes_tokens && !patient->has_api, require_verifier, config);
    if (!findings->count)
        findings_add(findings, FINDING_OK, "", "it says what these parts need:%s%s%s",
                     patient->projects ? " project" : "", patient->has_gate ? " cancel" : "",
                     patient->has_api ? " http" : "");
    return DONE;
}

int check_libraries(const struct patient *patient, struct findings *findings, struct err *err)
{
    int libpq = examiner_library_version();

    (void)patient, (void)err;
    findings_add(findings, FINDING_OK, "", "jobtrail %s, librdkafka %s, libpq %d.%d, %s",
                 program_version, inspector_library_version(), libpq / 10000, libpq % 10000,
                 fetch_library_version());
    return DONE;
}
