// SPDX-License-Identifier: Apache-2.0
// Who asks in a made world, and for what.
#include <stdlib.h>

#include "property/gate_world.h"

static struct slice some_creator(const struct gate_job *job, struct dice *dice)
{
    struct slice creator = SLICE_NULL;
    size_t seen = 0;

    for (size_t i = 0; i < job->set.count; i++) {
        const struct event *event = &job->set.events[i];

        if (event->kind == JOB_CREATED && event->creator_id.data && !dice_below(dice, ++seen))
            creator = event->creator_id;
    }
    return creator;
}

static struct uuid fresh_id(struct dice *dice)
{
    const uint64_t halves[2] = {dice_u64(dice), dice_u64(dice)};
    struct uuid uuid;

    memcpy(uuid.bytes, halves, sizeof uuid.bytes);
    return uuid;
}

// Over Kafka or HTTP.
static void come_by_a_channel(struct gate_world *world, struct cancel_request *request)
{
    request->origin = (struct cancel_origin){0};
    request->may_wait = dice_percent(&world->dice, 50);
    request->received_at_us = world->now_us - (int64_t)dice_below(&world->dice, 1000);
    if (request->may_wait)
        request->origin = (struct cancel_origin){
            .source = {SLICE_LITERAL("job.cancel-requests"), 0}, .offset = world->next_offset++};
}

static void ask_as_creator(struct gate_world *world, struct gate_asked *out)
{
    const struct gate_job *job = &world->jobs[out->job];

    out->look_alike = NO_LOOK_ALIKE;
    out->request = (struct cancel_request){
        .request_id = fresh_id(&world->dice),
        .organization_id = job->key.organization_id,
        .job_id = job->key.job_id,
        .requester_id = some_creator(job, &world->dice),
        .authenticated = true,
    };
    come_by_a_channel(world, &out->request);
}

static struct slice nobodys_requester(struct dice *dice)
{
    static const struct slice ids[] = {{NULL, 0}, {"", 0}, {"null", 4}, {"NULL", 4}, {"\0", 1}};
    size_t drawn = dice_below(dice, 6);

    return drawn < 5 ? ids[drawn] : draw_creator_id(dice);
}

static void look_alike(struct gate_world *world, enum look_alike kind, struct gate_asked *out)
{
    struct slice *requester = &out->request.requester_id;

    out->look_alike = kind;
    switch (kind) {
    case IS_JOB_ID:
        *requester = out->request.job_id;
        return;
    case IS_ORGANISATION_ID:
        *requester = out->request.organization_id;
        return;
    case OTHER_ORGANISATION: // jobs[0] and jobs[2] have one job id
        out->job = dice_percent(&world->dice, 50) ? 0 : 2;
        out->request.organization_id = world->jobs[out->job].key.organization_id;
        out->request.job_id = world->jobs[out->job].key.job_id;
        *requester = some_creator(&world->jobs[2 - out->job], &world->dice);
        return;
    case NO_CREATOR:
        *requester = nobodys_requester(&world->dice);
        return;
    case OPEN_COMMAND:
        *requester = draw_creator_id(&world->dice);
        return;
    case DISPUTED:
    case OTHER_ATTEMPT:
        return;
    default:
        if (!requester->data ||
            !draw_text_look_alike(kind, *requester, &world->dice, &world->arena, requester))
            out->look_alike = NO_LOOK_ALIKE;
    }
}

// What was asked before, once more: as it was, or with one thing changed.
static void ask_again(struct gate_world *world, struct gate_asked *out)
{
    const struct gate_job *other = &world->jobs[dice_below(&world->dice, GATE_JOBS)];

    *out = world->asked[dice_below(&world->dice, world->asked_count)];
    out->request.ledger_id = 0;
    out->request.authenticated = true;
    out->look_alike = NO_LOOK_ALIKE;
    out->waits = false;
    come_by_a_channel(world, &out->request);
    switch (dice_below(&world->dice, 8)) {
    case 0: // another job, perhaps of another organisation
        out->job = (size_t)(other - world->jobs);
        out->request.job_id = other->key.job_id;
        out->request.organization_id = other->key.organization_id;
        break;
    case 1:
        out->request.requester_id = draw_creator_id(&world->dice);
        break;
    case 2:
        out->request.authenticated = false;
        break;
    default:
        break;
    }
}

void gate_world_ask(struct gate_world *world, struct gate_asked *out)
{
    size_t way = dice_below(&world->dice, 100);

    *out = (struct gate_asked){.job = dice_below(&world->dice, GATE_JOBS)};
    if (way < 10 && world->asked_count) {
        ask_again(world, out);
        return;
    }
    ask_as_creator(world, out);
    if (way < 38)
        look_alike(world, (enum look_alike)dice_below(&world->dice, LOOK_ALIKES), out);
    else if (way < 40)
        out->request.authenticated = false;
    else if (way < 42)
        out->request.received_at_us = dice_percent(&world->dice, 20)
                                          ? world->now_us - world->oracle.rules.max_age_us
                                          : world->now_us - world->oracle.rules.max_age_us - 1;
}
