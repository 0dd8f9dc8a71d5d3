// SPDX-License-Identifier: Apache-2.0
// jobtrail ready: asks the serve of this configuration, on this machine, what its /readyz says.
#include <stdio.h>
#include <string.h>

#include "cli/terminal/command.h"
#include "fetch/fetch.h"

enum { TIMEOUT_S = 5, ANSWER_MAX_BYTES = 64 * 1024, HTTP_OK = 200, HTTP_UNAVAILABLE = 503 };

// What listens on every address is asked at that of this machine.
static const char *host_to_ask(const char *host)
{
    if (!strcmp(host, "0.0.0.0"))
        return "127.0.0.1";
    return strcmp(host, "::") ? host : "::1";
}

static int judge(long status, const struct buffer *answer, struct err *err)
{
    if (status != HTTP_OK && status != HTTP_UNAVAILABLE)
        return err_set(err, FATAL, "NO_ANSWER",
                       "what listens on admin.listen answers /readyz with status %ld: it is no "
                       "jobtrail serve",
                       status);
    fwrite(answer->data, 1, answer->size, stdout);
    if (status == HTTP_OK)
        return DONE;
    return err_set(err, FATAL, "NOT_READY", "jobtrail serve runs, and cannot work yet");
}

static int ask(const struct listen_address *listen, int timeout_ms, struct err *err)
{
    const struct fetch_options options = {
        .who = "jobtrail serve", .timeout_ms = timeout_ms, .most_bytes = ANSWER_MAX_BYTES};
    const char *host = host_to_ask(listen->host);
    bool is_ipv6 = strchr(host, ':');
    char url[LISTEN_HOST_SIZE + 32];
    const struct fetch_request request = {.url = url, .shown = url, .reason = "AWAY"};
    struct fetcher *fetcher;
    struct buffer answer;
    long status = 0;
    int rc;

    snprintf(url, sizeof url, "http://%s%s%s:%u/readyz", is_ipv6 ? "[" : "", host,
             is_ipv6 ? "]" : "", (unsigned)listen->port);
    fetcher = fetcher_new(&options, err);
    if (!fetcher)
        return (int)err->disposition;
    buffer_init(&answer);
    rc = fetch(fetcher, &request, &status, &answer, err);
    if (!rc)
        rc = judge(status, &answer, err);
    buffer_free(&answer);
    fetcher_free(fetcher);
    return rc;
}

static int run(const struct invocation *invocation, struct err *err)
{
    long long timeout_s;
    int rc;

    if (invocation->arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "ready takes flags only");
    if (!invocation->config->admin_listen.port)
        return err_set(err, FATAL, "CONFIGURATION",
                       "admin.listen has port 0, which is another one at each start: name one");
    rc = arguments_integer(invocation->arguments, "timeout", 1, 3600, TIMEOUT_S, &timeout_s, err);
    return rc ? rc : ask(&invocation->config->admin_listen, (int)timeout_s * 1000, err);
}

static const struct flag flags[] = {
    {"timeout", "SECONDS", "for the answer (default: 5)", 0},
};

const struct command ready_command = {
    .name = "ready",
    .summary = "Asks the serve of this machine whether it can work",
    .synopsis = "[--timeout SECONDS]",
    .description =
        "Prints what /readyz on admin.listen says: \"ok\", or line by line what does not work.\n"
        "For the health check of a container, which needs no other program then.\n"
        "\n"
        "It ends with 0 when serve is ready, 1 when it is not, 75 when nobody answers.",
    .example = "  jobtrail ready\n"
               "  jobtrail ready --set admin.listen=127.0.0.1:9464 --timeout 2",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
