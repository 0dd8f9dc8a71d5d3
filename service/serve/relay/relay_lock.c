// SPDX-License-Identifier: Apache-2.0
// The lock that makes one relay of many the one that works. Only who may write the outbox can keep
// it from us; if that is no relay, nothing is published and no change is forgotten, and all that
// can be done about it is to say so, with who it is.
#include "base/clock.h"
#include "serve/relay/relay_private.h"

enum {
    LOCK_EVERY_US = 1000 * 1000,
    HOLDER_EVERY_US = 5 * 1000 * 1000,
    TELL_EVERY_US = 60 * 1000 * 1000,
    HAD_BY_NOBODY_MAX = 3, // one may leave between our try and our look, not time after time
};

static void tell_stranger(struct relay *relay, const struct outbox_lock_holder *holder,
                          int64_t now_us)
{
    relay->lock_holder = holder->pid;
    trouble_tell(&relay->lock, "RELAY_LOCK_TAKEN", now_us);
    if (relay->lock_told_at_us && now_us - relay->lock_told_at_us < TELL_EVERY_US)
        return;
    relay->lock_told_at_us = now_us;
    log_warn("relay",
             "somebody who is no relay holds the relay's lock: nothing is published meanwhile",
             LOG_INT("pid", holder->pid), LOG_SLICE("user", holder->user),
             LOG_SLICE("application", holder->application_name));
}

// A trigger of somebody else's swallows the row that is the lock.
static void tell_nobody(struct relay *relay)
{
    struct err err;

    if (++relay->lock_had_by_nobody < HAD_BY_NOBODY_MAX)
        return;
    err_set(&err, FATAL, "SCHEMA_ALTERED",
            "nobody holds the relay's lock, and PostgreSQL writes no row of jobtrail.relay_lock: a "
            "trigger or a rule that somebody added swallows it. See which: psql, \\d "
            "jobtrail.relay_lock; and take it away");
    relay_failed(relay, &relay->postgres, "the relay's lock cannot be had", &err);
}

static void look_who_has_it(struct relay *relay, int64_t now_us)
{
    struct outbox_lock_holder holder;
    struct err err;

    if (now_us < relay->holder_at_us)
        return;
    relay->holder_at_us = now_us + HOLDER_EVERY_US;
    if (outbox_lock_holder(relay->outbox, &holder, &err)) {
        relay_failed(relay, &relay->postgres, "who holds the relay's lock cannot be asked", &err);
        return;
    }
    if (holder.pid && !holder.is_relay)
        tell_stranger(relay, &holder, now_us);
    else
        trouble_end(&relay->lock);
    if (holder.pid)
        relay->lock_had_by_nobody = 0;
    else
        tell_nobody(relay);
}

void relay_take_lock(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();
    struct err err;
    bool held;

    if (now_us < relay->lock_at_us)
        return;
    relay->lock_at_us = now_us + LOCK_EVERY_US;
    if (outbox_lock(relay->outbox, &held, &err)) {
        relay_failed(relay, &relay->postgres, "the relay's lock cannot be asked for", &err);
        return;
    }
    if (held) {
        trouble_end(&relay->lock);
        relay->lock_had_by_nobody = 0;
        relay->look_at_us = relay->count_at_us = now_us;
        relay_compare_soon(relay);
    } else {
        relay_worked(&relay->postgres); // who has it must write something first
        look_who_has_it(relay, now_us);
    }
}
