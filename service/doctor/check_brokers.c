// SPDX-License-Identifier: Apache-2.0
// Whether brokers answer, how many there are, and what they speak. Which release they are no
// request tells; what they speak tells it nearly.
#include "doctor/checks.h"

#include <stdlib.h>

#include "doctor/kafka_client.h"

static void tell(const struct cluster_state *state, const char *cluster_id,
                 struct findings *findings)
{
    findings_add(findings, FINDING_OK, "", "%d broker%s, one of them at %s; cluster %s",
                 state->brokers, state->brokers == 1 ? "" : "s", state->address, cluster_id);
    if (state->fetch_version < 0)
        findings_add(findings, FINDING_OK, "protocol", "which versions they speak was not told");
    else
        findings_add(findings, FINDING_OK, "protocol",
                     "they speak Produce up to version %d and Fetch up to version %d",
                     state->produce_version, state->fetch_version);
}

int check_brokers(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct inspector *inspector;
    struct needed_topic *topics;
    struct cluster_state state;
    char *cluster_id = NULL;
    size_t count;
    int rc = kafka_client_open(patient, &inspector, &topics, &count, err);

    if (!rc)
        rc = inspector_cluster(inspector, patient->step_ms, &state, err);
    if (!rc)
        rc = inspector_cluster_id(inspector, patient->step_ms, &cluster_id, err);
    if (rc)
        findings_add_err(findings, FINDING_ERROR, "", err);
    else
        tell(&state, cluster_id, findings);
    free(cluster_id);
    free(topics);
    inspector_free(inspector);
    return DONE;
}
