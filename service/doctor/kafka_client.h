// SPDX-License-Identifier: Apache-2.0
// What the checks of Kafka begin with.
#pragma once

#include "doctor/check.h"
#include "kafka/inspector.h"
#include "serve/process/needed_topics.h"

// The caller frees both: inspector_free, free. They are NULL after an error.
int kafka_client_open(const struct patient *patient, struct inspector **inspector,
                      struct needed_topic **topics, size_t *count, struct err *err);
