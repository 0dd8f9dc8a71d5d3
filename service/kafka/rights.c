// SPDX-License-Identifier: Apache-2.0
#include "kafka/rights.h"

#define WORDS "Kafka does not let us %s %s; this gives the right: " COMMAND
// Who we are only the cluster knows: README's name stands for it.
#define COMMAND "kafka-acls --add --allow-principal User:jobtrail --operation %s --%s %s"

struct words {
    const char *deed, *operation, *kind;
};

static const struct words words[] = {
    [RIGHT_READ_TOPIC] = {"read the topic", "Read", "topic"},
    [RIGHT_WRITE_TOPIC] = {"write the topic", "Write", "topic"},
    [RIGHT_SEE_TOPIC] = {"ask about the topic", "Describe", "topic"},
    [RIGHT_JOIN_GROUP] = {"join the group", "Read", "group"},
};

void right_append(struct buffer *out, enum right right, const char *name)
{
    const struct words *of = &words[right];

    buffer_append_format(out, WORDS, of->deed, name, of->operation, of->kind, name);
}

int right_denied(struct err *err, enum right right, const char *name)
{
    const struct words *of = &words[right];

    return err_set(err, RETRY, "AUTHORIZATION_FAILED", WORDS, of->deed, name, of->operation,
                   of->kind, name);
}
