// SPDX-License-Identifier: Apache-2.0
#include "cli/operate/letter_choice.h"

#include "base/option_value.h"

static int read_ids(const struct arguments *arguments, struct chosen_letters *out, struct err *err)
{
    for (size_t i = 1; i < arguments->positional_count; i++) {
        int64_t *id = &out->ids[out->choice.id_count++];

        if (!option_value_integer(OPTION_INTEGER, arguments->positional[i], id))
            return err_set(err, FATAL, "USAGE", "ID: \"%.40s\": expected a whole number",
                           arguments->positional[i]);
    }
    if (out->choice.id_count)
        out->choice.ids = out->ids;
    return DONE;
}

int letter_choice_read(const struct arguments *arguments, struct chosen_letters *out,
                       struct err *err)
{
    const bool all = arguments_given(arguments, "all");
    struct letter_choice *choice = &out->choice;

    *choice = (struct letter_choice){.topic = arguments_value(arguments, "topic"),
                                     .reason = arguments_value(arguments, "reason")};
    if (read_ids(arguments, out, err))
        return (int)err->disposition;
    if (all && (choice->ids || choice->topic || choice->reason))
        return err_set(err, FATAL, "USAGE", "--all goes with neither IDs nor --topic nor --reason");
    if (!all && !choice->ids && !choice->topic && !choice->reason)
        return err_set(err, FATAL, "USAGE",
                       "say which: ID..., --topic TOPIC, --reason REASON or --all");
    return DONE;
}

static bool is_repeated(const struct letter_choice *choice, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (choice->ids[i] == choice->ids[place])
            return true;
    return false;
}

int letter_choice_check(const struct letter_choice *choice, int64_t count, struct err *err)
{
    int64_t named = 0;

    for (size_t i = 0; i < choice->id_count; i++)
        named += !is_repeated(choice, i);
    if (count >= named || choice->topic || choice->reason)
        return DONE;
    if (named == 1)
        return err_set(err, FATAL, "NOT_FOUND", "there is no dead letter %lld",
                       (long long)choice->ids[0]);
    return err_set(err, FATAL, "NOT_FOUND", "%lld of the %lld dead letters named are not there",
                   (long long)(named - count), (long long)named);
}
