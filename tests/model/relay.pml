/* SPDX-License-Identifier: Apache-2.0
 *
 * The relay: takes a row of the outbox that is not marked, publishes, waits for the
 * acknowledgement, marks. While the advisory lock holds there is one, so one process stands for
 * whichever has the lock; losing lock and connection is a fault, after which the record that was
 * under way may still arrive, at any time or never. */

#ifndef GATES_ALONE
inline first_of(rows)
{
    row = 0;
    do
    :: rows & bit(row) -> break
    :: else -> row++
    od
}

inline arrive()
{
    topic = topic | bit(row);
    check_topic()
}

inline mark()
{
    unsent = unsent & ~bit(row)
}

proctype relay()
{
    byte row;

end_idle:
    atomic { unsent != 0 -> first_of(unsent) }

#ifdef MARK_BEFORE_PUBLISH
    mark();
#endif
    if
    :: d_step { true -> arrive() } /* and the acknowledgement is seen */
    :: FAULT(stray = stray | bit(row); row = 0) goto end_idle
    :: FAULT(row = 0) goto end_idle
#ifdef MARK_WITHOUT_ACKNOWLEDGEMENT
    :: FAULT(skip) /* the record is lost on its way, and the relay goes on */
#endif
    fi;

    if
    :: d_step { true -> mark(); row = 0 } goto end_idle
    :: FAULT(row = 0) goto end_idle /* published, not marked: it is published again */
    fi
}

/* Records of relays that are gone. */
proctype network()
{
    byte row;

end_idle:
    atomic {
        stray != 0 -> first_of(stray);
        stray = stray & ~bit(row);
        arrive();
        row = 0
    }
    goto end_idle
}
#endif
