// SPDX-License-Identifier: Apache-2.0
#include "core/intake.h"

static const char *const stage_names[] = {
    [INTAKE_DECODE] = "decode",
    [INTAKE_CHECK] = "check",
    [INTAKE_STORE] = "store",
};

void intake_init(struct intake *intake, int64_t patience_us)
{
    patience_init(&intake->patience, patience_us);
}

enum step_answer step_answer_of(int rc, enum step_answer retry)
{
    if (rc == DONE)
        return STEP_DONE;
    return rc == RETRY ? retry : STEP_REFUSE;
}

struct dead_letter intake_dead_letter(const struct intake_record *record, enum intake_stage stage,
                                      const struct err *why)
{
    return (struct dead_letter){
        .source = record->source,
        .offset = record->offset,
        .timestamp_ms = record->timestamp_ms,
        .key = record->key,
        .value = record->value,
        .headers = record->headers,
        .header_count = record->header_count,
        .stage = stage_names[stage],
        .reason = why->reason,
        .message = slice_of(why->text),
    };
}

// Up to the first step that has something to say. *stage is that of the last step taken.
static enum step_answer take_steps(const struct intake_steps *steps, void *self,
                                   const struct intake_record *record, enum intake_stage *stage,
                                   struct err *err)
{
    enum step_answer answer = steps->decode(self, record, err);

    *stage = INTAKE_DECODE;
    if (answer != STEP_DONE)
        return answer;
    *stage = INTAKE_CHECK;
    answer = steps->check(self, record, err);
    if (answer != STEP_DONE)
        return answer;
    *stage = INTAKE_STORE;
    return steps->store(self, record, err);
}

static enum intake_result hold_back(struct intake_hold *hold, const struct intake_steps *steps,
                                    void *self, const struct intake_record *record,
                                    const struct err *why)
{
    bool was_told = hold->is_held && hold->offset == record->offset;

    *hold = (struct intake_hold){true, record->offset};
    if (!was_told && steps->held)
        steps->held(self, record, why);
    return INTAKE_HELD;
}

static enum intake_result settle(struct intake_hold *hold, const struct intake_steps *steps,
                                 void *self, const struct intake_record *record,
                                 enum intake_result result)
{
    if (hold->offset == record->offset) // not one before it, that is read again
        hold->is_held = false;
    if (steps->settled)
        steps->settled(self, result);
    return result;
}

static enum intake_result keep(struct intake_hold *hold, const struct intake_steps *steps,
                               void *self, struct intake_record *record, enum intake_stage stage,
                               struct err *err)
{
    const struct err why = *err;
    struct dead_letter letter;

    if (record->headers_wait && steps->read_headers(self, record, err))
        return INTAKE_NO_MEMORY;
    letter = intake_dead_letter(record, stage, &why);
    if (steps->keep(self, &letter, err))
        return INTAKE_NO_MEMORY;
    return settle(hold, steps, self, record, INTAKE_DEAD_LETTER);
}

// What was stored or is hopeless is nothing to wait for.
static bool is_waited_for(struct intake *intake, const struct intake_steps *steps, void *self,
                          const struct intake_record *record, enum intake_stage stage,
                          enum step_answer answer, const struct err *why)
{
    struct awaited awaited = {.reason = why->reason};

    if (stage == INTAKE_STORE || answer == STEP_HOPELESS)
        return false;
    if (answer == STEP_SUSPECT)
        steps->name_awaited(self, record, awaited.name);
    return patience_holds(&intake->patience, &awaited, answer == STEP_SUSPECT, steps->now_us(self));
}

enum intake_result intake_bring(struct intake *intake, struct intake_hold *hold,
                                const struct intake_steps *steps, void *self,
                                struct intake_record *record, struct err *err)
{
    enum intake_stage stage;
    enum step_answer answer;

    if (!record->headers_wait && steps->read_headers(self, record, err))
        return INTAKE_NO_MEMORY;
    answer = take_steps(steps, self, record, &stage, err);
    if (stage == INTAKE_STORE || answer == STEP_IGNORE)
        patience_understood(&intake->patience);
    switch (answer) {
    case STEP_DONE:
        return settle(hold, steps, self, record, INTAKE_TAKEN);
    case STEP_IGNORE:
        return settle(hold, steps, self, record, INTAKE_IGNORED);
    case STEP_NO_MEMORY:
        return INTAKE_NO_MEMORY;
    case STEP_NOT_YET:
        return hold_back(hold, steps, self, record, err);
    default:
        if (is_waited_for(intake, steps, self, record, stage, answer, err))
            return hold_back(hold, steps, self, record, err);
        return keep(hold, steps, self, record, stage, err);
    }
}
