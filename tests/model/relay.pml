/* SPDX-License-Identifier: Apache-2.0
 *
 * The relay: takes a row of the outbox that is not marked, publishes, waits for the
 * acknowledgement, marks. While the advisory lock holds there is one, so one process stands for
 * whichever has the lock; losing lock and connection is a fault, after which the record that was
 * under way may still arrive, at any time or never.
 *
 * A command is judged once more as it is taken: one of a job that is in dispute by then goes, and who
 * was granted it is told that it is refused. */

#ifndef GATES_ALONE
inline first_of(rows)
{
    row = 0;
    do
    :: rows & bit(row) -> break
    :: else -> row++
    od
}

/* Of a job that is in dispute: `row` is no row then. */
#define NO_ROW 31
inline tell_withdrawn(identity)
{
    if
    :: granted(ledger[identity]) && ledger[identity] - GRANTED == row ->
        unsent = unsent | bit(decision_row(identity, REFUSED))
    :: else
    fi
}

inline judge_once_more()
{
#ifndef NO_SECOND_JUDGEMENT
    if
    :: row < DECISIONS && disputed(job) ->
        unsent = unsent & ~bit(row);
        withdrawn = withdrawn | bit(row);
        tell_withdrawn(0);
        tell_withdrawn(1);
        tell_withdrawn(2);
        row = NO_ROW
    :: else
    fi
#endif
    assert(row >= DECISIONS || !disputed(job))
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
    atomic {
        unsent != 0 -> first_of(unsent);
        judge_once_more()
    }
    if
    :: row == NO_ROW -> row = 0; goto end_idle
    :: else
    fi;

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
