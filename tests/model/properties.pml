/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold. Safety is asserted where something is written, liveness where nothing more can
 * happen. */

/* With -DREACHED=VERDICT an error says that something is written upon that verdict: spin itself
 * does not tell what inside a d_step was never come by. */
inline check_reached()
{
#ifdef REACHED
    assert(verdict != REACHED)
#else
    skip
#endif
}

/* The position never goes back: a request is settled once, not once more for each gate. */
inline check_position()
{
#ifndef POSITION_MAY_GO_BACK
    assert(next + 1 >= position)
#else
    skip
#endif
}

/* One ledger row an identity, and what was decided stays. */
inline check_ledger()
{
    assert(seen != ABSENT || ledger[who] == ABSENT);
    assert(seen != WAITING || ledger[who] == WAITING)
}

/* Granted only to the creator of a job that is not in dispute and runs, as judged; and what is
 * granted refers to the attempt's command. */
inline check_grant()
{
    assert(known(row));
    assert(requester(who) == creator(row));
    assert(!disputed(row));
    assert(!finished(row));
    assert(verdict != JOIN || command[attempt(row)] == id)
}

/* One command row an attempt. */
inline check_command()
{
    assert(command[attempt(row)] == 0)
}

#ifdef GATES_ALONE
#define out unsent /* the relay is believed */
#else
#define out topic
#endif
#define commands_of(try) ((out >> command_row(try, 1)) & (bit(IDS) - 1))
#define at_most_one(set) (((set) & ((set) - 1)) == 0)
#define both_decided(identity) (((out >> decision_row(identity, REFUSED)) & 3) == 3)

/* One command id an attempt, of that attempt alone, with a row in PostgreSQL; one answer to a
 * request. When the tail of the ledger may be lost, only the id can be relied on. */
inline check_topic()
{
    assert(at_most_one(commands_of(0)) && at_most_one(commands_of(1)));
    assert((commands_of(0) & commands_of(1)) == 0);
#ifndef LOST_TAIL
    assert(commands_of(0) == 0 || (command[0] != 0 && commands_of(0) == bit(command[0] - 1)));
    assert(commands_of(1) == 0 || (command[1] != 0 && commands_of(1) == bit(command[1] - 1)));
    /* But for one whose command was withdrawn. */
    assert(withdrawn != 0 || (!both_decided(0) && !both_decided(1) && !both_decided(2)))
#endif
}

inline check_outbox()
{
#ifdef GATES_ALONE
    check_topic()
#else
    skip
#endif
}

#define published(row) ((out & bit(row)) != 0)
inline check_settled(identity)
{
    cell = ledger[identity];
    assert(cell != WAITING);
    if
    :: cell != ABSENT -> assert(published(decision_row(identity, cell)))
    :: else
    fi;
    if
    :: granted(cell) -> assert(published(cell - GRANTED) || (withdrawn & bit(cell - GRANTED)))
    :: else
    fi
}

/* When nothing more can happen: each request that Kafka delivered is decided, each decision and
 * the command of each granted request is published. */
proctype the_end()
{
    byte i, cell;
    timeout;
    d_step {
#ifndef LOST_TAIL
        assert(position == REQUESTS);
        i = 0;
        do
        :: i < REQUESTS -> assert(ledger[log[i]] != ABSENT); i++
        :: else -> break
        od;
#ifndef GATES_ALONE
        assert(unsent == 0);
#endif
        check_settled(0);
        check_settled(1);
        check_settled(2)
#else
        skip
#endif
    }
}
