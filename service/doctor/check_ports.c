// SPDX-License-Identifier: Apache-2.0
// Whether it can listen where it shall. Where somebody listens already, that may be the serve that
// runs: it is asked for /livez.
#include "doctor/checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch/fetch.h"
#include "http/listening.h"

enum { HTTP_OK = 200, ANSWER_MAX_BYTES = 64 * 1024 };

static bool answers_alive(const struct patient *patient)
{
    static const char *const no_headers[] = {NULL};
    const struct listen_address *admin = &patient->config->admin_listen;
    const struct fetch_options options = {.who = "admin listener",
                                          .headers = no_headers,
                                          .timeout_ms = patient->step_ms,
                                          .most_bytes = ANSWER_MAX_BYTES};
    char url[LISTEN_HOST_SIZE + 32];
    struct fetch_request request = {.url = url, .shown = "/livez", .reason = "UNREACHABLE"};
    struct buffer answer = {0};
    struct err err;
    struct fetcher *fetcher = fetcher_new(&options, &err);
    long status = 0;
    bool alive;

    snprintf(url, sizeof url,
             strchr(admin->host, ':') ? "http://[%s]:%u/livez" : "http://%s:%u/livez", admin->host,
             admin->port);
    alive = fetcher && !fetch(fetcher, &request, &status, &answer, &err) && status == HTTP_OK &&
            slice_equal(buffer_slice(&answer), SLICE_LITERAL("ok\n"));
    buffer_free(&answer);
    fetcher_free(fetcher);
    return alive;
}

static void look_at(const struct patient *patient, const struct listen_address *address,
                    const char *option, struct findings *findings)
{
    struct err err;
    int fd = -1;

    if (!listening_open(address, option, 1, &fd, &err)) {
        close(fd);
        findings_add(findings, FINDING_OK, option, "%s port %u is free", address->host,
                     address->port);
    } else if (strstr(err.text, strerror(EADDRINUSE)) && answers_alive(patient)) {
        findings_add(findings, FINDING_OK, option,
                     "%s port %u is in use, it seems by the serve that runs: its /livez answers",
                     address->host, address->port);
    } else {
        findings_add_err(findings, FINDING_ERROR, option, &err);
        findings_command(findings, "ss -ltnp 'sport = :%u'", address->port);
    }
}

int check_ports(const struct patient *patient, struct findings *findings, struct err *err)
{
    (void)err;
    look_at(patient, &patient->config->admin_listen, "admin.listen", findings);
    if (patient->has_api && patient->config->http.is_wanted)
        look_at(patient, &patient->config->http.listen, "http.listen", findings);
    if (patient->config->operators.is_wanted)
        look_at(patient, &patient->config->operators.listen, "operator.listen", findings);
    return DONE;
}
