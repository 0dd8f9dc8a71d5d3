// SPDX-License-Identifier: Apache-2.0
#include "doctor/postgres_options.h"

#include "base/smaller.h"

struct connection_options postgres_options(const struct patient *patient, const char *conninfo)
{
    const struct config *config = patient->config;

    return (struct connection_options){
        .conninfo = conninfo,
        .application_name = "jobtrail doctor",
        .owner = "",
        .connect_timeout_ms = (int)smaller(config->connect_timeout_ms, patient->step_ms),
        .statement_timeout_ms = (int)smaller(config->statement_timeout_ms, patient->step_ms),
        .transaction_timeout_ms = (int)smaller(config->transaction_timeout_ms, patient->step_ms),
        .only_looks = true,
    };
}
