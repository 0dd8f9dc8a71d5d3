// SPDX-License-Identifier: Apache-2.0
// How the doctor's checks connect to PostgreSQL.
#pragma once

#include "doctor/check.h"
#include "store/connection/connection_options.h"

// Nothing is changed by such a session. Borrows from the patient.
struct connection_options postgres_options(const struct patient *patient, const char *conninfo);
