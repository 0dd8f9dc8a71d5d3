// SPDX-License-Identifier: Apache-2.0
#include "doctor/doctor.h"

#include "doctor/probe.h"

// Whether a ground gave way, and the name of the check that saw it.
struct standing {
    const char *lost[GROUNDS];
};

// The check because of which this one cannot be made; NULL: none.
static const char *lost_ground(const struct standing *standing, enum ground ground)
{
    static const enum ground parts[GROUNDS][GROUNDS] = {
        [ON_POSTGRES] = {ON_POSTGRES},
        [ON_SCHEMA] = {ON_POSTGRES, ON_SCHEMA},
        [ON_KAFKA] = {ON_KAFKA},
        [ON_BOTH] = {ON_POSTGRES, ON_SCHEMA, ON_KAFKA},
    };

    for (size_t i = 0; parts[ground][i]; i++)
        if (standing->lost[parts[ground][i]])
            return standing->lost[parts[ground][i]];
    return NULL;
}

static int look(const struct check *check, const struct patient *patient, int timeout_ms,
                struct standing *standing, struct findings *findings, struct err *err)
{
    const char *lost = lost_ground(standing, check->stands_on);
    int rc = DONE;

    if (lost)
        findings_add(findings, FINDING_WARNING, "", "not looked at: first mend what %s found",
                     lost);
    else
        rc = probe_run(check, patient, timeout_ms, findings, err);
    if (!findings->count)
        findings_add(findings, FINDING_OK, "", "nothing stands out");
    if (findings_worst(findings) == FINDING_ERROR)
        standing->lost[check->is_ground_of] = check->name;
    return rc || !findings->failed ? rc : err_no_memory(err);
}

int doctor_run(const struct patient *patient, int timeout_ms, const struct doctor_report *report,
               struct err *err)
{
    struct standing standing = {0};
    int rc = DONE;

    for (size_t i = 0; !rc && i < check_count; i++) {
        const struct check *check = &check_table[i];
        struct findings findings;

        if (check->concerns && !check->concerns(patient))
            continue;
        findings_init(&findings);
        rc = look(check, patient, timeout_ms, &standing, &findings, err);
        if (!rc)
            rc = report->told(report->self, check, &findings, err);
        findings_free(&findings);
    }
    return rc;
}
