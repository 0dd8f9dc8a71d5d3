// SPDX-License-Identifier: Apache-2.0
// PostgreSQL, asked by store/examine over a read-only session for each check.
#include "doctor/checks.h"

#include "doctor/postgres_options.h"
#include "store/examine/examiner.h"

typedef int examine(struct examiner *examiner, struct findings *findings, struct err *err);

static int open_examiner(const struct patient *patient, struct examiner **out, struct err *err)
{
    const struct connection_options options =
        postgres_options(patient, patient->config->postgres_conninfo);

    return examiner_open(&options, out, err);
}

static int look(const struct patient *patient, examine *question, struct findings *findings,
                struct err *err)
{
    struct examiner *examiner;
    int rc = open_examiner(patient, &examiner, err);

    if (rc)
        return rc;
    rc = question(examiner, findings, err);
    examiner_close(examiner);
    return rc;
}

// Why there is no connection is what it finds.
int check_server(const struct patient *patient, struct findings *findings, struct err *err)
{
    if (look(patient, examine_server, findings, err))
        findings_add_err(findings, FINDING_ERROR, "", err);
    return DONE;
}

int check_owners(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_owners, findings, err);
}

int check_schema(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_schema, findings, err);
}

int check_rights(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_rights, findings, err);
}

int check_settings(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_settings, findings, err);
}

int check_sequences(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_sequences, findings, err);
}

int check_slots(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_slots, findings, err);
}

int check_space(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_space, findings, err);
}

int check_outbox(const struct patient *patient, struct findings *findings, struct err *err)
{
    return look(patient, examine_outbox, findings, err);
}

int check_retention(const struct patient *patient, struct findings *findings, struct err *err)
{
    int rc = look(patient, examine_retention, findings, err);

    if (!rc && !patient->config->retention.count)
        findings_add(findings, FINDING_OK, "", "nothing leaves: retention.ended-jobs is off");
    return rc;
}

// docs/design.md, section 3: a connection for each worker and for the scout, as many for the gate,
// one for the relay, one for retention where it is configured, and for the API one a reader, two
// for cancelling and two for the live hub. One more looks from beside, should there be a pooler.
static int connections_needed(const struct patient *patient)
{
    const struct config *config = patient->config;
    size_t needed = 1;

    if (patient->projects)
        needed += config->workers + 1;
    if (patient->has_gate)
        needed += 2;
    if (patient->projects || patient->has_gate)
        needed += config->retention.count ? 2 : 1;
    if (patient->has_api)
        needed += config->http.readers + 2 + 2;
    return (int)needed;
}

int check_connections(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct examiner *examiner;
    int rc = open_examiner(patient, &examiner, err);

    if (rc)
        return rc;
    rc = examine_connections(examiner, connections_needed(patient), findings, err);
    examiner_close(examiner);
    return rc;
}

int check_transactions(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct examiner *examiner;
    int rc = open_examiner(patient, &examiner, err);

    if (rc)
        return rc;
    rc = examine_transactions(examiner, patient->old_after_s, findings, err);
    examiner_close(examiner);
    return rc;
}

int check_replica(const struct patient *patient, struct findings *findings, struct err *err)
{
    const struct connection_options options =
        postgres_options(patient, patient->config->http.read_conninfo);
    struct examiner *examiner;
    int rc = examiner_open_reading(&options, &examiner, err);

    if (rc) {
        findings_add_err(findings, FINDING_ERROR, "", err);
        return DONE;
    }
    rc = examine_replica(examiner, findings, err);
    examiner_close(examiner);
    return rc;
}
