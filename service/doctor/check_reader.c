// SPDX-License-Identifier: Apache-2.0
// Whether lists can be read, as the API reads them: from the replica, where one is named.
#include "doctor/checks.h"

#include "doctor/postgres_options.h"
#include "store/reader/job_reader.h"

int check_reader(const struct patient *patient, struct findings *findings, struct err *err)
{
    const char *replica = patient->config->http.read_conninfo;
    const struct connection_options options =
        postgres_options(patient, replica ? replica : patient->config->postgres_conninfo);
    struct job_reader *reader = job_reader_new(&options, err);

    if (!reader)
        return (int)err->disposition;
    if (job_reader_connect(reader, err))
        findings_add_err(findings, FINDING_ERROR, "", err);
    else
        findings_add(findings, FINDING_OK, "", "lists of every organisation can be read%s",
                     replica ? ", from the replica" : "");
    job_reader_free(reader);
    return DONE;
}
