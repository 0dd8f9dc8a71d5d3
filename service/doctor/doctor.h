// SPDX-License-Identifier: Apache-2.0
// Looks at everything that `serve` depends on, and changes nothing.
#pragma once

#include "doctor/check.h"

struct doctor_report {
    void *self;
    // What a check found, as soon as it has ended; at least one finding.
    int (*told)(void *self, const struct check *check, const struct findings *findings,
                struct err *err);
};

// Runs each check that concerns the patient, within timeout_ms each. What stands on something that
// failed is not looked at, and told so. The caller has no threads. RETRY without memory or
// processes; else what told returned.
int doctor_run(const struct patient *patient, int timeout_ms, const struct doctor_report *report,
               struct err *err);
