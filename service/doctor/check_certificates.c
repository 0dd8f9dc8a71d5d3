// SPDX-License-Identifier: Apache-2.0
// Until when our certificates hold. libpq reads its own anew for each connection, librdkafka when
// `serve` starts: so one of Kafka's has to be renewed, and `serve` started again, before that.
#include "doctor/checks.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "store/connection/conninfo.h"

enum { SOON_DAYS = 30 };

static void tell_end(const char *option, const ASN1_TIME *ends, bool is_kafkas,
                     struct findings *findings)
{
    int days = 0, seconds = 0;

    if (!ASN1_TIME_diff(&days, &seconds, NULL, ends))
        findings_add(findings, FINDING_WARNING, option, "when it ends cannot be read");
    else if (days < 0 || seconds < 0)
        findings_add(findings, FINDING_ERROR, option,
                     "the certificate has ended %d days ago: renew it%s", -days,
                     is_kafkas ? ", and start serve again" : "");
    else if (days < SOON_DAYS)
        findings_add(findings, FINDING_WARNING, option,
                     "the certificate ends in %d days: renew it%s", days,
                     is_kafkas ? ", and start serve again" : "");
    else
        findings_add(findings, FINDING_OK, option, "the certificate holds for %d days", days);
}

static void look_at_file(const char *option, const char *path, bool is_kafkas,
                         struct findings *findings)
{
    FILE *file = fopen(path, "re");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    if (certificate)
        tell_end(option, X509_get0_notAfter(certificate), is_kafkas, findings);
    else
        findings_add(findings, FINDING_ERROR, option, "%s in \"%.200s\"",
                     file ? "there is no certificate" : "nothing can be read", path);
    ERR_clear_error();
    X509_free(certificate);
    if (file)
        fclose(file);
}

static void look_at_kafkas(const struct config *config, struct findings *findings)
{
    for (size_t i = 0; i < config->kafka_count; i++)
        if (!strcmp(config->kafka[i].name, "ssl.certificate.location"))
            look_at_file("kafka.ssl.certificate.location", config->kafka[i].value, true, findings);
}

int check_certificates(const struct patient *patient, struct findings *findings, struct err *err)
{
    struct buffer path;
    int rc;

    look_at_kafkas(patient->config, findings);
    buffer_init(&path);
    rc = conninfo_value(patient->config->postgres_conninfo, "sslcert", &path, err);
    if (!rc && path.size)
        look_at_file("postgres.sslcert", path.data, false, findings);
    buffer_free(&path);
    if (!rc && !findings->count)
        findings_add(findings, FINDING_OK, "", "no certificate of ours is configured");
    return rc;
}
