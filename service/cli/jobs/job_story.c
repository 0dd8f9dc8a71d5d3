// SPDX-License-Identifier: Apache-2.0
#include "cli/jobs/job_story.h"

#include "base/buffer.h"
#include "cli/jobs/job_members.h"
#include "cli/jobs/job_roles.h"
#include "cli/jobs/job_words.h"
#include "cli/terminal/terminal_text.h"
#include "words/words.h"

struct story {
    const json_t *job, *events;
    int attempt;
    struct buffer sentence;
    json_t *told;
    bool failed;
};

static void say(struct story *story, const char *text)
{
    buffer_append_text(&story->sentence, text);
}

static void say_member(struct story *story, const json_t *object, const char *name)
{
    terminal_text_append(&story->sentence, member_text(object, name));
}

static void say_time(struct story *story, const json_t *event)
{
    char text[JOB_TIME_SIZE];

    if (job_time(event, "occurred", text))
        buffer_append_format(&story->sentence, " of %s", text);
}

static void end_sentence(struct story *story)
{
    const struct buffer *sentence = &story->sentence;

    if (sentence->failed ||
        json_array_append_new(story->told, json_stringn(sentence->data, sentence->size)))
        story->failed = true;
    buffer_clear(&story->sentence);
}

static void tell_plainly(struct story *story, const char *text)
{
    say(story, text);
    end_sentence(story);
}

static void tell_end(struct story *story, const json_t *end)
{
    say(story, "It is ");
    terminal_text_append(&story->sentence,
                         word_shown(status_words, member_text(story->job, "status")));
    say(story, ": the earliest end known of its ");
    buffer_append_format(&story->sentence, "%sattempt, %d, is the ",
                         story->attempt > 1 ? "latest " : "", story->attempt);
    say_member(story, end, "kind");
    say_time(story, end);
    if (!slice_is_null(member_text(end, "errorCode"))) {
        say(story, " with the error ");
        say_member(story, end, "errorCode");
    }
    if (!slice_is_null(member_text(end, "commandID"))) {
        say(story, ", which obeyed the command ");
        say_member(story, end, "commandID");
    }
    say(story, ".");
    end_sentence(story);
}

static void tell_other_ends(struct story *story)
{
    const struct {
        enum event_role role;
        const char *one, *many;
    } roles[] = {
        {ROLE_CONTRADICTING, " later end contradicts it and is not heard: the earliest counts.",
         " later ends contradict it and are not heard: the earliest counts."},
        {ROLE_SUPERSEDED, " later end says the same again.", " later ends say the same again."},
    };

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        size_t count = event_role_count(story->job, story->events, "end", roles[i].role);

        if (!count)
            continue;
        buffer_append_format(&story->sentence, "%zu%s", count,
                             count == 1 ? roles[i].one : roles[i].many);
        end_sentence(story);
    }
}

static void tell_running(struct story *story)
{
    const json_t *start = event_that_decides(story->job, story->events, "start");

    buffer_append_format(&story->sentence, "It is running: attempt %d ", story->attempt);
    if (start) {
        say(story, "began with the JobStarted");
        say_time(story, start);
    } else {
        say(story, "stated progress (its start is not known)");
    }
    say(story, ", and no end of it is known.");
    end_sentence(story);
}

static void tell_state(struct story *story)
{
    const json_t *end = event_that_decides(story->job, story->events, "end");

    if (job_has_ended(story->job) && end) {
        tell_end(story, end);
        tell_other_ends(story);
    } else if (member_is(story->job, "status", "running")) {
        tell_running(story);
    } else if (member_is(story->job, "status", "accepted")) {
        buffer_append_format(&story->sentence,
                             "It is accepted: neither start nor progress nor end of attempt %d is "
                             "known.",
                             story->attempt);
        end_sentence(story);
    }
    if (event_role_count(story->job, story->events, "end", ROLE_EARLIER_ATTEMPT)) {
        buffer_append_format(&story->sentence,
                             "Ends of earlier attempts count no more since attempt %d is known.",
                             story->attempt);
        end_sentence(story);
    }
}

static void tell_creation(struct story *story)
{
    if (!event_that_decides(story->job, story->events, "creation"))
        tell_plainly(story, "Its creation is not known yet: until it is, it has no creator, only "
                            "administrators see it, and nobody can cancel it.");
    else if (member_is_true(story->job, "creatorDisputed"))
        tell_plainly(story, "Two creations name different creators: nobody can cancel it.");
    else if (event_role_count(story->job, story->events, "creation", ROLE_CONTRADICTING))
        tell_plainly(story, "A later creation says something else and is not heard: the earliest "
                            "counts.");
    if (json_is_false(json_object_get(story->job, "cancellable")))
        tell_plainly(story, "It was created as one that cannot be cancelled.");
}

static void tell_present(struct story *story)
{
    if (member_is(story->job, "cancelling", "open"))
        tell_plainly(story, "Its service was told to stop it, and has not answered yet.");
    if (member_is(story->job, "cancelling", "unanswered"))
        tell_plainly(story, "Its service was told to stop it, and did not answer in time.");
    if (member_is_true(story->job, "overtaken"))
        tell_plainly(story, "Its service was told to stop it, and it ended before it was stopped.");
    if (member_is_true(story->job, "silent"))
        tell_plainly(story, "Nothing was heard of it for long: its service may be gone.");
}

int job_story(const json_t *job, const json_t *events, json_t **out, struct err *err)
{
    struct story story = {.job = job,
                          .events = events,
                          .attempt = (int)member_integer(job, "attempt", 1),
                          .told = json_array()};

    if (!story.told)
        return err_no_memory(err);
    buffer_init(&story.sentence);
    tell_state(&story);
    tell_creation(&story);
    tell_present(&story);
    buffer_free(&story.sentence);
    if (story.failed) {
        json_decref(story.told);
        return err_no_memory(err);
    }
    *out = story.told;
    return DONE;
}
