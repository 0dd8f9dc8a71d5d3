// SPDX-License-Identifier: Apache-2.0
#include "core/intake.h"

static const char *const stage_names[] = {
    [INTAKE_DECODE] = "decode",
    [INTAKE_CHECK] = "check",
    [INTAKE_STORE] = "store",
};

void intake_init(struct intake *intake, int64_t patience_us)
{
    intake->holds = false;
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

static enum intake_result hold(struct intake *intake, const struct intake_steps *steps, void *self,
                               const struct err *why)
{
    if (!intake->holds && steps->held)
        steps->held(self, why);
    intake->holds = true;
    return INTAKE_HELD;
}

static enum intake_result settle(struct intake *intake, const struct intake_steps *steps,
                                 void *self, enum intake_result result)
{
    intake->holds = false;
    if (steps->settled)
        steps->settled(self, result);
    return result;
}

static enum intake_result keep(struct intake *intake, const struct intake_steps *steps, void *self,
                               struct intake_record *record, enum intake_stage stage,
                               struct err *err)
{
    const struct err why = *err;
    struct dead_letter letter;

    if (record->headers_wait && steps->read_headers(self, record, err))
        return INTAKE_NO_MEMORY;
    letter = intake_dead_letter(record, stage, &why);
    if (steps->keep(self, &letter, err))
        return INTAKE_NO_MEMORY;
    return settle(intake, steps, self, INTAKE_DEAD_LETTER);
}

enum intake_result intake_bring(struct intake *intake, const struct intake_steps *steps, void *self,
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
        return settle(intake, steps, self, INTAKE_TAKEN);
    case STEP_IGNORE:
        return settle(intake, steps, self, INTAKE_IGNORED);
    case STEP_NO_MEMORY:
        return INTAKE_NO_MEMORY;
    case STEP_NOT_YET:
        return hold(intake, steps, self, err);
    default:
        if (stage != INTAKE_STORE && patience_holds(&intake->patience, err->reason,
                                                    answer == STEP_SUSPECT, steps->now_us(self)))
            return hold(intake, steps, self, err);
        return keep(intake, steps, self, record, stage, err);
    }
}
