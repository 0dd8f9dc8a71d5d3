// SPDX-License-Identifier: Apache-2.0
// Where writers' schemas come from: each address of the registry by itself, and the folder.
#include "doctor/checks.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/option_value.h"
#include "base/smaller.h"
#include "registry/registry.h"
#include "wire/schema_directory.h"

// An address that will not do may have a password in it: it is not repeated.
static void look_at(const struct patient *patient, const char *url, size_t number,
                    struct findings *findings)
{
    struct registry_options options = patient->config->registry;
    struct registry *registry;
    size_t subjects = 0;
    struct err err;
    char subject[32];
    int rc;

    snprintf(subject, sizeof subject, "address %zu", number);
    options.url = url;
    options.timeout_ms = (int)smaller(options.timeout_ms, patient->step_ms);
    registry = registry_new(&options, &err);
    if (!registry) {
        findings_add_err(findings, FINDING_ERROR, subject, &err);
        return;
    }
    rc = registry_count_subjects(registry, &subjects, &err);
    if (rc) {
        findings_add_err(findings, FINDING_ERROR, subject, &err);
        findings_command(findings, "curl -i %s/%s", url,
                         options.kind == REGISTRY_APICURIO ? "search/artifacts" : "subjects");
    } else {
        findings_add(findings, FINDING_OK, subject, "%s answers, and has %zu subjects", url,
                     subjects);
    }
    registry_free(registry);
    if (registry_looks_like_apicurio(&options))
        findings_add(findings, FINDING_WARNING, subject,
                     "this is Apicurio's Confluent interface, which counts by content ids: its "
                     "serializers before 3.0 write global ids unless "
                     "apicurio.registry.use-id=contentId is set, and then a value is read by "
                     "another schema. schema.registry.kind=apicurio tells them apart");
}

int check_registry(const struct patient *patient, struct findings *findings, struct err *err)
{
    const char *rest = patient->config->registry.url;
    struct slice part;

    for (size_t number = 1; option_value_next(&rest, &part); number++) {
        char *url = strndup(part.data, part.size);

        if (!url)
            return err_no_memory(err);
        look_at(patient, url, number, findings);
        free(url);
    }
    return DONE;
}

int check_schema_folder(const struct patient *patient, struct findings *findings, struct err *err)
{
    const char *path = patient->config->schema_directory;
    struct schema_directory *directory =
        schema_directory_new(path, patient->config->registry.kind, NULL, err);

    if (!directory) {
        findings_add_err(findings, FINDING_ERROR, path, err);
        return DONE;
    }
    schema_directory_free(directory);
    findings_add(findings, FINDING_OK, path, "every schema in it can be read");
    return DONE;
}
