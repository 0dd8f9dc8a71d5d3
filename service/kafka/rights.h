// SPDX-License-Identifier: Apache-2.0
// Rights that a cluster with an authorizer must give us: in words, with the command that gives
// them.
#pragma once

#include "base/buffer.h"
#include "base/err.h"

enum right {
    RIGHT_READ_TOPIC,
    RIGHT_WRITE_TOPIC,
    RIGHT_SEE_TOPIC, // whether it is there; whoever may read or write it may this, too
    RIGHT_JOIN_GROUP,
};

// "Kafka does not let us read the topic NAME; this gives the right: kafka-acls ..."
void right_append(struct buffer *out, enum right right, const char *name);
// RETRY AUTHORIZATION_FAILED, in the same words: whoever gives the right need not restart us.
int right_denied(struct err *err, enum right right, const char *name);
