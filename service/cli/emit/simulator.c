// SPDX-License-Identifier: Apache-2.0
// A bounded number of places, each with a job that goes on whenever its turn comes, and a few held
// events that come late or again. An event is made into fixed storage, so that nothing is
// allocated after simulator_new.
#include "cli/emit/simulator.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/emit/chance.h"
#include "cli/emit/simulated_request.h"
#include "cli/emit/simulator_text.h"

enum {
    MESSAGE_SIZE = 192,
    HELD_MAX = 64,
    ATTEMPTS_MAX = 3,
    // In percent.
    FAILING = 12,
    CANCELLED = 6,
    TRIED_AGAIN = 40, // of those that fail
    NOT_CANCELLABLE = 5,
};

enum fate { FATE_SUCCEED, FATE_FAIL, FATE_CANCEL };

struct place {
    const struct simulated_type *type;
    const char *data_set;
    const struct simulated_error *error; // of FATE_FAIL
    struct uuid job;
    uint64_t number; // of the job, from 1
    unsigned organization, member;
    int32_t attempt;
    enum event_kind next; // what it tells at its next turn
    enum fate fate;
    int parts, parts_done, ends_at; // ends_at: of parts_done
    struct simulated_asking asking;
    bool has_command; // it is to obey this one
    struct uuid command_id;
};

// An event with the texts it refers to; the constant ones are not copied.
struct made {
    struct event event;
    char organization[SIMULATED_NAME_SIZE], job[UUID_TEXT_SIZE], creator[SIMULATED_NAME_SIZE];
    char message[MESSAGE_SIZE], result_uri[MESSAGE_SIZE];
};

struct simulator {
    struct simulator_options options;
    struct chance chance, requests_chance;
    struct place *places; // owned, the first taken ones are in use
    size_t taken;
    uint64_t jobs_made, jobs_done;
    struct made given; // what the caller borrows
    struct made held[HELD_MAX];
    size_t held_count;
    struct simulated_request asked;
    bool has_asked; // when the given event was made
};

int simulator_new(const struct simulator_options *options, struct simulator **out, struct err *err)
{
    struct simulator *simulator = calloc(1, sizeof *simulator);

    if (!simulator)
        return err_no_memory(err);
    simulator->options = *options;
    simulator->chance.state = options->seed;
    simulator->requests_chance.state = ~options->seed;
    simulator->places = calloc(options->open_jobs, sizeof *simulator->places);
    if (!simulator->places) {
        simulator_free(simulator);
        return err_no_memory(err);
    }
    *out = simulator;
    return DONE;
}

void simulator_free(struct simulator *simulator)
{
    if (!simulator)
        return;
    free(simulator->places);
    free(simulator);
}

uint64_t simulator_jobs_done(const struct simulator *simulator)
{
    return simulator->jobs_done;
}

// How an attempt will go: decided when it begins.
static void begin_attempt(struct simulator *simulator, struct place *place)
{
    unsigned luck = (unsigned)chance_below(&simulator->chance, 100);

    place->attempt++;
    place->parts_done = 0;
    place->fate = luck < FAILING               ? FATE_FAIL
                  : luck < FAILING + CANCELLED ? FATE_CANCEL
                                               : FATE_SUCCEED;
    place->ends_at = place->parts;
    if (place->fate != FATE_SUCCEED)
        place->ends_at = (int)chance_below(&simulator->chance, (uint64_t)place->parts);
    place->error = &place->type->errors[chance_below(&simulator->chance, place->type->error_count)];
}

static struct place *begin_job(struct simulator *simulator)
{
    struct place *place = &simulator->places[simulator->taken++];
    const struct simulated_type *type =
        &simulated_types[chance_below(&simulator->chance, simulated_type_count)];
    int spread = type->parts_most - type->parts_least + 1;

    *place = (struct place){
        .type = type,
        .data_set = simulated_data_sets[chance_below(&simulator->chance, simulated_data_set_count)],
        .job = chance_uuid(&simulator->chance),
        .number = ++simulator->jobs_made,
        .organization =
            (unsigned)chance_below(&simulator->chance, simulator->options.organizations) + 1,
        .member = (unsigned)chance_below(&simulator->chance, simulator->options.members) + 1,
        .next = JOB_CREATED,
        .parts = type->parts_least + (int)chance_below(&simulator->chance, (uint64_t)spread),
    };
    begin_attempt(simulator, place);
    place->asking = simulated_asking_plan(&simulator->requests_chance,
                                          simulator->options.cancel_request_percent, place->member,
                                          simulator->options.members);
    return place;
}

// The slices of made's event point into made itself: set again after it was copied.
static void refer_to_own_texts(struct made *made, const struct place *place)
{
    struct event *event = &made->event;

    event->organization_id = slice_of(made->organization);
    event->job_id = slice_of(made->job);
    event->message = slice_of(made->message);
    if (!made->message[0])
        event->message = SLICE_NULL;
    if (event->kind == JOB_CREATED)
        event->creator_id = slice_of(made->creator);
    if (event->kind == JOB_CREATED && place)
        event->type = slice_of(place->type->name);
    if (event->kind == JOB_SUCCEEDED)
        event->result_uri = slice_of(made->result_uri);
    if (event->kind == JOB_FAILED && place) {
        event->error_code = slice_of(place->error->code);
        event->error_detail = slice_of(place->error->detail);
    }
}

static void say(struct made *made, const struct place *place)
{
    const struct simulated_type *type = place->type;

    made->message[0] = '\0';
    switch (made->event.kind) {
    case JOB_CREATED:
        snprintf(made->message, MESSAGE_SIZE, "%s: %s", type->name, place->data_set);
        break;
    case JOB_PROGRESSED:
        snprintf(made->message, MESSAGE_SIZE, "%s %s: %d of %d %s", type->doing, place->data_set,
                 place->parts_done, place->parts, type->unit);
        break;
    case JOB_SUCCEEDED:
        snprintf(made->message, MESSAGE_SIZE, "%s %s: %d %s", type->done, place->data_set,
                 place->parts, type->unit);
        snprintf(made->result_uri, MESSAGE_SIZE, "https://results.example/%s/%s",
                 made->organization, made->job);
        break;
    case JOB_FAILED:
        snprintf(made->message, MESSAGE_SIZE, "%s", place->error->message);
        break;
    default: // a start and a cancellation say nothing
        break;
    }
}

static void make(struct simulator *simulator, const struct place *place, int64_t now_us)
{
    struct made *made = &simulator->given;

    *made = (struct made){0};
    made->event = (struct event){
        .kind = place->next,
        .id = chance_uuid(&simulator->chance),
        .attempt = place->attempt,
        .occurred_at_us = now_us,
        .progress = (int32_t)((int64_t)place->parts_done * 100 / place->parts),
        .has_command = place->has_command,
        .command_id = place->command_id,
    };
    if (place->next == JOB_CREATED)
        made->event.cancellable = !chance_happens(&simulator->chance, NOT_CANCELLABLE);
    simulated_organization(place->organization, made->organization);
    simulated_member(place->organization, place->member, made->creator);
    uuid_format(&place->job, made->job);
    say(made, place);
    refer_to_own_texts(made, place);
}

static enum event_kind end_kind(enum fate fate)
{
    return fate == FATE_FAIL ? JOB_FAILED : fate == FATE_CANCEL ? JOB_CANCELLED : JOB_SUCCEEDED;
}

static void after_end(struct simulator *simulator, struct place *place)
{
    if (place->next == JOB_FAILED && place->attempt < ATTEMPTS_MAX &&
        chance_happens(&simulator->chance, TRIED_AGAIN)) {
        begin_attempt(simulator, place);
        place->next = JOB_STARTED;
        return;
    }
    simulator->jobs_done++;
    *place = simulator->places[--simulator->taken];
}

// What the job tells at its next turn.
static void go_on(struct simulator *simulator, struct place *place)
{
    if (event_kind_is_end(place->next)) {
        after_end(simulator, place);
        return;
    }
    if (place->next == JOB_CREATED) {
        place->next = JOB_STARTED;
        return;
    }
    place->parts_done += 1 + (int)chance_below(&simulator->chance, (uint64_t)place->parts / 5 + 1);
    place->next = JOB_PROGRESSED;
    if (place->parts_done >= place->ends_at) {
        place->parts_done = place->ends_at;
        place->next = end_kind(place->fate);
    }
}

static void ask(struct simulator *simulator, struct place *place, int64_t now_us)
{
    if (simulator->has_asked || place->next == JOB_CREATED ||
        !simulated_asking_is_due(&place->asking, event_kind_is_end(place->next)))
        return;
    simulated_request_make(&simulator->asked, &simulator->requests_chance, place->organization,
                           place->asking.member, &place->job, now_us);
    simulator->has_asked = true;
}

bool simulator_request(const struct simulator *simulator, struct cancel_requested *request)
{
    if (simulator->has_asked)
        *request = simulator->asked.request;
    return simulator->has_asked;
}

// Ids are compared as they are written, too: a job's id in capitals is another job's.
static bool is_meant(const struct place *place, const struct uuid *job,
                     const struct cancel_job *command)
{
    char organization[SIMULATED_NAME_SIZE], text[UUID_TEXT_SIZE];

    if (uuid_compare(&place->job, job) || place->attempt != command->attempt)
        return false;
    simulated_organization(place->organization, organization);
    uuid_format(&place->job, text);
    return slice_equal(command->job_id, slice_of(text)) &&
           slice_equal(command->organization_id, slice_of(organization));
}

bool simulator_command(struct simulator *simulator, const struct cancel_job *command)
{
    struct uuid job;

    if (!uuid_parse(command->job_id, &job))
        return false;
    for (size_t i = 0; i < simulator->taken; i++) {
        struct place *place = &simulator->places[i];

        if (!is_meant(place, &job, command))
            continue;
        place->next = JOB_CANCELLED;
        place->has_command = true;
        place->command_id = command->command_id;
        return true;
    }
    return false;
}

// Puts a copy of the given event aside, for later.
static void hold(struct simulator *simulator)
{
    if (simulator->held_count < HELD_MAX)
        simulator->held[simulator->held_count++] = simulator->given;
}

static void give_held(struct simulator *simulator)
{
    size_t which = (size_t)chance_below(&simulator->chance, simulator->held_count);

    simulator->given = simulator->held[which];
    simulator->held[which] = simulator->held[--simulator->held_count];
    refer_to_own_texts(&simulator->given, NULL);
}

static bool make_next(struct simulator *simulator, int64_t now_us)
{
    struct place *place;
    bool more = !simulator->options.jobs || simulator->jobs_made < simulator->options.jobs;

    size_t turn;

    if (!simulator->taken && !more)
        return false;
    turn = (size_t)chance_below(&simulator->chance,
                                more ? simulator->options.open_jobs : simulator->taken);
    place = turn < simulator->taken ? &simulator->places[turn] : begin_job(simulator);
    make(simulator, place, now_us);
    ask(simulator, place, now_us);
    go_on(simulator, place);
    return true;
}

bool simulator_next(struct simulator *simulator, int64_t now_us, struct event *event)
{
    unsigned disorder = simulator->options.disorder_percent;
    bool made;

    simulator->has_asked = false;
    do {
        if (simulator->held_count &&
            (simulator->held_count == HELD_MAX || chance_happens(&simulator->chance, disorder))) {
            give_held(simulator);
            break;
        }
        made = make_next(simulator, now_us);
        if (!made && !simulator->held_count)
            return false;
        if (!made) {
            give_held(simulator);
            break;
        }
        if (!chance_happens(&simulator->chance, disorder))
            break;
        hold(simulator);
    } while (chance_happens(&simulator->chance, 50)); // half come late, half now and once again
    *event = simulator->given.event;
    return true;
}
