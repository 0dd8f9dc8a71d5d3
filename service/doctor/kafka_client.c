// SPDX-License-Identifier: Apache-2.0
#include "doctor/kafka_client.h"

#include <stdlib.h>

int kafka_client_open(const struct patient *patient, struct inspector **inspector,
                      struct needed_topic **topics, size_t *count, struct err *err)
{
    const struct topic_needs needs = {patient->projects, patient->has_gate, patient->has_api};
    int rc = config_require_kafka(patient->config, err);

    *inspector = NULL;
    *topics = NULL;
    if (!rc)
        rc = inspector_new(patient->config->kafka, patient->config->kafka_count, inspector, err);
    if (!rc)
        rc = needed_topics(patient->config, &needs, topics, count, err);
    if (rc) {
        inspector_free(*inspector);
        *inspector = NULL;
    }
    return rc;
}
