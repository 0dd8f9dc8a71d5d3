// SPDX-License-Identifier: Apache-2.0
// Asks for a job to be cancelled, for tests/interop/test_c_commands.py:
//
//     client_asker BROKERS REQUESTS DECISIONS JOB MEMBER TIMEOUT-MS REQUEST-ID TOKEN
//
// A token that is empty is none. Prints what was decided, or the reason why nothing is known.
#include <stdio.h>
#include <stdlib.h>

#include <jobtrail/cancel.h>

enum { ARGUMENTS = 9 };

static int ask(struct jobtrail_canceller *canceller, char **arguments)
{
    const struct jobtrail_cancel_request request = {.size = sizeof request,
                                                    .job_id = arguments[4],
                                                    .requester_id = arguments[5],
                                                    .reason = "by a test",
                                                    .request_id = arguments[7],
                                                    .token = *arguments[8] ? arguments[8] : NULL};
    struct jobtrail_decision decision;
    struct jobtrail_error error;
    int code = jobtrail_cancel(canceller, &request, atoi(arguments[6]), &decision, &error);

    if (code)
        printf("%d %s\n", code, error.reason);
    else
        printf("%s %s %s\n", decision.granted ? "granted" : "refused", decision.reason_code,
               *decision.command_id ? decision.command_id : "-");
    return code ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct jobtrail_settings *settings = jobtrail_settings_new();
    struct jobtrail_canceller *canceller = NULL;
    int code = EXIT_FAILURE;

    if (argc == ARGUMENTS && settings &&
        !jobtrail_settings_set(settings, "organization", "org-a", NULL) &&
        !jobtrail_settings_set(settings, "kafka.bootstrap.servers", argv[1], NULL) &&
        !jobtrail_settings_set(settings, "topic.cancel-requests", argv[2], NULL) &&
        !jobtrail_settings_set(settings, "topic.cancel-decisions", argv[3], NULL) &&
        !jobtrail_canceller_new(settings, &canceller, NULL))
        code = ask(canceller, argv);
    jobtrail_canceller_close(canceller);
    jobtrail_settings_free(settings);
    return code;
}
