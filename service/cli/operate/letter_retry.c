// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/letter_retry.h"

#include <stdio.h>

#include "cli/operate/letter_choice.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "serve/letters/letter_sender.h"

enum { DELIVER_MS = 30 * 1000 };

static void tell_kept(void *self, int64_t id, const struct err *why)
{
    struct output *output = self; // a row for each that is kept

    output_integer(output, id);
    output_text(output, slice_of(why->reason));
    output_text(output, slice_of(why->text));
}

static int go_through(struct letter_sender *sender, int64_t count, struct err *err)
{
    struct letter_sender_counts counts;
    struct progress progress;
    bool found = true;
    int rc = DONE, settled;

    progress_begin(&progress, "letters");
    while (!rc && found && !interrupt_seen()) {
        rc = letter_sender_next(sender, &found, err);
        counts = letter_sender_counts(sender);
        progress_tell(&progress, counts.sent + counts.under_way + counts.kept, (uint64_t)count,
                      counts.sent);
    }
    settled = rc ? DONE : letter_sender_settle(sender, err);
    counts = letter_sender_counts(sender);
    progress_tell(&progress, counts.sent + counts.kept, (uint64_t)count, counts.sent);
    progress_end(&progress);
    return rc ? rc : settled;
}

static int sum_up(struct output *output, const struct letter_sender *sender, struct err *err)
{
    const struct letter_sender_counts counts = letter_sender_counts(sender);
    int rc = DONE;

    if (counts.kept || output_is_json(output))
        rc = output_print(output, err);
    fflush(stdout);
    fprintf(stderr, "jobtrail: %llu sent again and removed, %llu kept\n",
            (unsigned long long)counts.sent, (unsigned long long)counts.kept);
    if (!rc && interrupt_seen())
        rc = err_set(err, RETRY, "INTERRUPTED", "interrupted: run it again for the others");
    if (!rc && counts.kept)
        rc = err_set(err, FATAL, "KEPT", "%llu letters cannot be understood yet, as told above",
                     (unsigned long long)counts.kept);
    return rc;
}

int letter_retry(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {
        {"id", {0}}, {"reason", {0}}, {"message", {0}}, {NULL, {0}}};
    struct letter_sender_options options = {.config = invocation->config,
                                            .deliver_ms = DELIVER_MS,
                                            .is_stopped = interrupt_seen,
                                            .kept = tell_kept};
    struct letter_sender *sender = NULL;
    struct chosen_letters chosen;
    struct output *output = NULL;
    int64_t count = 0;
    int rc = letter_choice_read(invocation->arguments, &chosen, err);

    if (!rc)
        rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);
    options.self = output;
    if (!rc) {
        options.choice = chosen.choice;
        rc = letter_sender_open(&options, &sender, &count, err);
    }
    if (!rc) {
        interrupt_watch();
        rc = go_through(sender, count, err);
    }
    if (!rc)
        rc = sum_up(output, sender, err);
    if (!rc)
        rc = letter_choice_check(&chosen.choice, count, err);
    letter_sender_close(sender);
    output_free(output);
    return rc;
}
