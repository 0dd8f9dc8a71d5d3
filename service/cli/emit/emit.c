// SPDX-License-Identifier: Apache-2.0
// jobtrail emit: one event or request made of flags, or a simulated stream of them.
#include "cli/emit/emit_flags.h"
#include "cli/emit/emit_request.h"
#include "cli/emit/emit_simulation.h"
#include "cli/emit/emitter.h"
#include "cli/terminal/command.h"
#include "cli/terminal/output.h"

static const struct flag flags[] = {
    {"created", NULL, "the job was created", 0},
    {"started", NULL, "its attempt began", 0},
    {"progressed", NULL, "its attempt goes on", 0},
    {"succeeded", NULL, "its attempt ended well", 0},
    {"failed", NULL, "its attempt failed", 0},
    {"cancelled", NULL, "its attempt was cancelled", 0},
    {"cancel-requested", NULL, "somebody asks for the job to be cancelled", 0},
    {"organization", "ID", "whose job it is", 0},
    {"job", "ID", "which job", 0},
    {"attempt", "N", "which attempt (default: 1)", 0},
    {"message", "TEXT", "a brief message", 0},
    {"type", "TYPE", "with --created: the kind of job, like Load", 0},
    {"creator", "ID", "with --created: the member who started it", 0},
    {"not-cancellable", NULL, "with --created: nobody can cancel it", 0},
    {"progress", "PERCENT", "with --progressed: how far it is, 0 to 100", 0},
    {"result-uri", "URI", "with --succeeded: where the result is", 0},
    {"error-code", "CODE", "with --failed: a short name for the error", 0},
    {"error-detail", "TEXT", "with --failed: the long text", 0},
    {"command-id", "UUID", "with --cancelled: the command that was obeyed", 0},
    {"requester", "ID", "with --cancel-requested: the member who asks", 0},
    {"reason", "TEXT", "with --cancel-requested: why, in the member's words", 0},
    {"request-id", "UUID", "with --cancel-requested: its id (default: a new one)", 0},
    {"token", "TOKEN", "with --cancel-requested: proves who asks, where tokens are asked for", 0},
    {"event-id", "UUID", "the event's id (default: a new one)", 0},
    {"occurred-at", "TIME", "when it happened, RFC 3339 (default: now)", 0},
    {"simulate", "N", "instead: a stream until N jobs are done (0: until Ctrl-C)", 0},
    {"rate", "N", "with --simulate: events a second (default: 100; 0: all it can)", 0},
    {"disorder", "PERCENT", "with --simulate: events that come late or again (default: 0)", 0},
    {"organizations", "N", "with --simulate: how many (default: 3)", 0},
    {"members", "N", "with --simulate: of each organisation (default: 20)", 0},
    {"running", "N", "with --simulate: jobs at once (default: 30)", 0},
    {"cancel-requests", "PERCENT",
     "with --simulate: jobs that a member asks to cancel, who may or may not be its creator "
     "(default: 0)",
     0},
    {"seed", "N", "with --simulate: the same seed, the same jobs", 0},
    {"to", "TOPIC",
     "the topic (default: the first of topic.events; for a request "
     "topic.cancel-requests)",
     't'},
    OUTPUT_FLAG,
};

// Flags in the order of enum event_kind.
static int read_kind(const struct arguments *arguments, struct event *event, struct err *err)
{
    static const char *const kinds[EVENT_KINDS] = {"created",   "started", "progressed",
                                                   "succeeded", "failed",  "cancelled"};
    unsigned given = 0;

    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        if (arguments_given(arguments, kinds[kind])) {
            event->kind = (enum event_kind)kind;
            given++;
        }
    if (given == 1)
        return DONE;
    return err_set(err, FATAL, "USAGE",
                   "say what happened, with one of --created --started --progressed --succeeded "
                   "--failed --cancelled --cancel-requested, or use --simulate");
}

// A flag that belongs to one kind of event alone.
struct kind_flag {
    const char *name;
    enum event_kind kind;
    bool required;
};

static int check_kind_flags(const struct arguments *arguments, const struct event *event,
                            struct err *err)
{
    static const struct kind_flag kind_flags[] = {
        {"type", JOB_CREATED, true},
        {"creator", JOB_CREATED, false},
        {"not-cancellable", JOB_CREATED, false},
        {"progress", JOB_PROGRESSED, true},
        {"result-uri", JOB_SUCCEEDED, false},
        {"error-code", JOB_FAILED, false},
        {"error-detail", JOB_FAILED, false},
        {"command-id", JOB_CANCELLED, false},
    };

    for (size_t i = 0; emit_request_flags[i]; i++)
        if (arguments_given(arguments, emit_request_flags[i]))
            return err_set(err, FATAL, "USAGE", "--%s belongs to --cancel-requested",
                           emit_request_flags[i]);
    for (size_t i = 0; i < sizeof kind_flags / sizeof *kind_flags; i++) {
        bool given = arguments_given(arguments, kind_flags[i].name);

        if (given && event->kind != kind_flags[i].kind)
            return err_set(err, FATAL, "USAGE", "--%s does not belong to a %s", kind_flags[i].name,
                           event_kind_name(event->kind));
        if (!given && kind_flags[i].required && event->kind == kind_flags[i].kind)
            return err_set(err, FATAL, "USAGE", "a %s needs --%s", event_kind_name(event->kind),
                           kind_flags[i].name);
    }
    if (!arguments_given(arguments, "organization") || !arguments_given(arguments, "job"))
        return err_set(err, FATAL, "USAGE", "--organization and --job are needed");
    return DONE;
}

static int read_texts(const struct arguments *arguments, struct event *event, struct err *err)
{
    struct {
        const char *name;
        struct slice *to;
    } texts[] = {
        {"organization", &event->organization_id},
        {"job", &event->job_id},
        {"message", &event->message},
        {"type", &event->type},
        {"creator", &event->creator_id},
        {"result-uri", &event->result_uri},
        {"error-code", &event->error_code},
        {"error-detail", &event->error_detail},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int rc = emit_read_text(arguments, texts[i].name, texts[i].to, err);

        if (rc)
            return rc;
    }
    return DONE;
}

static int read_ids_and_time(const struct arguments *arguments, struct event *event,
                             struct err *err)
{
    int rc = emit_read_id(arguments, "event-id", &event->id, err);

    event->has_command = arguments_given(arguments, "command-id");
    if (!rc && event->has_command)
        rc = emit_read_id(arguments, "command-id", &event->command_id, err);
    if (!rc)
        rc = emit_read_time(arguments, "occurred-at", &event->occurred_at_us, err);
    return rc;
}

static int read_event(const struct arguments *arguments, struct event *event, struct err *err)
{
    long long attempt, progress = 0;
    int rc = read_kind(arguments, event, err);

    if (!rc)
        rc = check_kind_flags(arguments, event, err);
    if (!rc)
        rc = read_texts(arguments, event, err);
    if (!rc)
        rc = read_ids_and_time(arguments, event, err);
    if (!rc)
        rc = arguments_integer(arguments, "attempt", 1, ATTEMPT_MAX, 1, &attempt, err);
    if (!rc)
        rc = arguments_integer(arguments, "progress", 0, 100, 0, &progress, err);
    if (rc)
        return rc;
    event->attempt = (int32_t)attempt;
    event->progress = (int32_t)progress;
    event->cancellable =
        event->kind == JOB_CREATED && !arguments_given(arguments, "not-cancellable");
    return DONE;
}

static int emit_event(const struct invocation *invocation, struct emitter *emitter,
                      const struct event *event, struct err *err)
{
    static const struct output_column columns[] = {
        {"event_id", {0}}, {"topic", {0}}, {"partition", {0}}, {"offset", {0}}, {NULL, {0}}};
    int rc = emitter_send(emitter, event, err);

    return rc ? rc
              : emit_conclude(invocation->arguments, emitter, EMITTED_EVENTS, columns, &event->id,
                              err);
}

static int emit_request(const struct invocation *invocation, struct emitter *emitter,
                        const struct cancel_requested *request, struct err *err)
{
    static const struct output_column columns[] = {
        {"request_id", {0}}, {"topic", {0}}, {"partition", {0}}, {"offset", {0}}, {NULL, {0}}};
    int rc = emitter_send_request(emitter, request, arguments_value(invocation->arguments, "token"),
                                  err);

    return rc ? rc
              : emit_conclude(invocation->arguments, emitter, EMITTED_REQUESTS, columns,
                              &request->request_id, err);
}

// What one call sends: checked before anybody is connected to.
struct sending {
    bool is_simulation, is_request;
    struct event event;
    struct cancel_requested request;
};

static int read_sending(const struct arguments *arguments, struct sending *sending, struct err *err)
{
    sending->is_simulation = arguments_given(arguments, "simulate");
    sending->is_request = arguments_given(arguments, "cancel-requested");
    if (arguments->positional_count)
        return err_set(err, FATAL, "USAGE", "emit takes flags only");
    if (sending->is_simulation && sending->is_request)
        return err_set(err, FATAL, "USAGE",
                       "--simulate and --cancel-requested exclude each other; did you mean "
                       "--cancel-requests PERCENT?");
    if (sending->is_simulation)
        return DONE;
    if (sending->is_request)
        return emit_request_read(arguments, &sending->request, err);
    return read_event(arguments, &sending->event, err);
}

static int run(const struct invocation *invocation, struct err *err)
{
    const char *to = arguments_value(invocation->arguments, "to");
    const char *topics[EMITTED_KINDS] = {NULL};
    struct emitter *emitter = NULL;
    struct sending sending = {0};
    int rc = read_sending(invocation->arguments, &sending, err);

    if (rc)
        return rc;
    topics[sending.is_request ? EMITTED_REQUESTS : EMITTED_EVENTS] = to;
    rc = emitter_new(invocation->config, topics, &emitter, err);
    if (rc)
        return rc;
    rc = emitter_need_topic(emitter, sending.is_request ? EMITTED_REQUESTS : EMITTED_EVENTS, err);
    if (rc)
        ; // nothing is sent
    else if (sending.is_simulation)
        rc = emit_simulation(invocation, emitter, err);
    else if (sending.is_request)
        rc = emit_request(invocation, emitter, &sending.request, err);
    else
        rc = emit_event(invocation, emitter, &sending.event, err);
    emitter_free(emitter);
    return rc;
}

const struct command emit_command = {
    .name = "emit",
    .summary = "Sends a job event or a cancel request to Kafka, or a simulated stream of them",
    .synopsis = "(--created | --started | ... | --cancel-requested | --simulate N) [FLAGS]",
    .description =
        "What is sent is framed for the schema registry where one is configured (and our\n"
        "schemas registered there), else as Avro single objects.\n"
        "Simulated jobs obey the cancel commands on topic.commands.",
    .example =
        "  jobtrail emit --created --organization acme --job j-1 --type Load --creator mary\n"
        "  jobtrail emit --progressed --organization acme --job j-1 --progress 40\n"
        "  jobtrail emit --cancel-requested --organization acme --job j-1 --requester mary\n"
        "  jobtrail emit --simulate 1000 --rate 500 --disorder 10",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run,
};
