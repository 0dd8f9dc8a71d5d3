/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate of one process: takes a request from Kafka, HTTP or the waiting rows of the ledger, and
 * carries out the transaction. Each labelled step may be the last before a crash; between two of
 * them anybody else may act, so the reads need not fit together. */

#define KAFKA 1
#define HTTP 2
#define POLL 3 /* a waiting row, as the creation is known now */
#define LATE 4 /* a waiting row whose deadline has passed */

#ifdef RANDOM_COMMAND_ID /* two by turns are enough to differ */
bool made_before[2];
#endif

/* The id of a new command: a function of (organisation, job, attempt). */
inline choose_id()
{
#if defined(RANDOM_COMMAND_ID)
    made_before[attempt(row)] = !made_before[attempt(row)];
    id = attempt(row) + (made_before[attempt(row)] -> 1 : 3)
#elif defined(COMMAND_ID_WITHOUT_ATTEMPT)
    id = 1
#else
    id = attempt(row) + 1
#endif
}

#ifdef NO_CREATOR_CHECK
#define NO_CREATOR_RULE
#define NO_CREATOR_CONSTRAINT
#endif

#ifdef NO_CREATOR_RULE
#define not_creator (false)
#else
#define not_creator (requester(who) != creator(job))
#endif
#ifdef NO_DISPUTED_CHECK
#define in_dispute (false)
#else
#define in_dispute (disputed(job))
#endif
#ifdef NO_FINISHED_CHECK
#define too_late (false)
#else
#define too_late (finished(job))
#endif

#define not_found (way == HTTP && seen < REFUSED && !known(job))
#define entitled                                                                                   \
    (seen < REFUSED && known(job) && !(not_creator) && !(in_dispute) && !(too_late))

/* Design 7's table, from what was read, in two parts: only one who is entitled asks whether there
 * is a command. Pure, so that judging at the reading of the row differs in nothing from later.
 * What matters no more is forgotten, for fewer states. */
inline judge_request()
{
    if
    :: seen >= REFUSED -> verdict = ANSWER
    :: seen < REFUSED && !known(job) && way != LATE -> verdict = (seen == WAITING -> SAME : WAIT)
    :: else -> verdict = REFUSE
    fi;
    way = (way == LATE -> POLL : way)
}

inline note_entitled()
{
    verdict = ENTITLED;
    row = job;
    way = (way == LATE -> POLL : way)
}

inline judge_entitled()
{
    id = command[attempt(row)];
    if
    :: id != 0 -> verdict = JOIN
    :: else -> verdict = GRANT; choose_id()
    fi
}

/* What the constraints inside the transaction refuse. */
#ifdef NO_POSITION_CAS
#define position_moved (false)
#else
#define position_moved (way == KAFKA && position != next)
#endif
#define inserts (verdict != SAME && verdict != ANSWER && seen == ABSENT)
#define updates (verdict != SAME && verdict != ANSWER && seen == WAITING)
#ifdef NO_IDENTITY
#define identity_taken (false)
#else
#define identity_taken (inserts && ledger[who] != ABSENT)
#endif
#ifdef NO_PENDING_CAS
#define decided_meanwhile (false)
#else
#define decided_meanwhile (updates && ledger[who] != WAITING)
#endif
#ifdef NO_UNIQUE_COMMAND
#define command_taken (false)
#else
#define command_taken (verdict == GRANT && command[attempt(row)] != 0)
#endif
#ifdef NO_CREATOR_CONSTRAINT
#define creator_wrong (false)
#else
#define creator_wrong (verdict >= JOIN && requester(who) != creator(row))
#endif
#define violated                                                                                   \
    (position_moved || identity_taken || decided_meanwhile || command_taken || creator_wrong ||    \
     connection_lost)

inline add_to_outbox()
{
    unsent = unsent | rows;
    check_outbox()
}

#ifdef RETRY_FROM_MEMORY
#define VIOLATION goto commit
#else
#define VIOLATION goto again
#endif

/* Position, ledger row, command; `rows` are those for the outbox. */
inline write()
{
    check_reached();
    if
    :: way == KAFKA ->
        check_position();
        next++;
        position = next
    :: else
    fi;
    if
    :: verdict == ANSWER -> rows = bit(decision_row(who, seen))
    :: verdict == WAIT -> check_ledger(); ledger[who] = WAITING
    :: verdict == REFUSE ->
        check_ledger();
        ledger[who] = REFUSED;
        rows = bit(decision_row(who, REFUSED))
    :: verdict == JOIN || verdict == GRANT ->
        check_ledger();
        check_grant();
        ledger[who] = GRANTED + command_row(attempt(row), id);
        rows = bit(decision_row(who, GRANTED));
        if
        :: verdict == GRANT ->
            check_command();
            command[attempt(row)] = id;
            rows = rows | bit(command_row(attempt(row), id))
        :: else
        fi
    :: else
    fi
}

inline commit_all()
{
    keep_tail();
    write();
    add_to_outbox()
}

inline forget_transaction()
{
    seen = 0;
    row = 0;
    verdict = 0;
    id = 0;
    rows = 0
}

inline forget()
{
    forget_transaction();
    who = 0;
    way = 0
}

inline begin()
{
    forget();
    next = position;
    connect()
}

inline retry()
{
    forget_transaction();
    connect();
    seen = ledger[who]
}

inline pick_waiting(how)
{
    if
    :: ledger[0] == WAITING -> take(0, how)
    :: ledger[1] == WAITING -> take(1, how)
    :: ledger[2] == WAITING -> take(2, how)
    fi
}
#define some_wait (ledger[0] == WAITING || ledger[1] == WAITING || ledger[2] == WAITING)

/* A request comes, and its ledger row is read. */
inline take(identity, how)
{
    who = identity;
    way = how;
    seen = ledger[who]
}

proctype gate()
{
    byte next; /* the next request to take, in memory */
    byte who, way, seen, row, verdict, id;
    int rows;
    gate_connection

    d_step { begin() } /* the partition is taken */

end_idle:
    if
    :: atomic { next < REQUESTS -> take(log[next], KAFKA) }
    :: atomic {
           http_left > 0 -> http_left--;
           if
           :: take(0, HTTP)
           :: take(1, HTTP)
           :: take(2, HTTP)
           fi
       }
    :: atomic { some_wait && known(job) -> pick_waiting(POLL) }
#ifndef NO_DEADLINE
    :: atomic { some_wait -> pick_waiting(LATE) }
#endif
    fi;

read_job_and_judge:
    if
    :: d_step { not_found -> forget() } goto end_idle /* 404, and no row */
    :: d_step { !not_found && !entitled -> judge_request() } goto commit
    :: d_step { entitled -> note_entitled() }
    :: FAULT(begin()) goto end_idle
    fi;

read_command_and_judge:
    if
    :: d_step { true -> judge_entitled() }
    :: FAULT(begin()) goto end_idle
    fi;

commit:
    if
    :: violated -> VIOLATION
#ifdef NO_ATOMIC_COMMIT
    :: d_step { !violated -> write() } goto second_commit
#else
    :: d_step { !violated -> commit_all(); forget() } goto end_idle
    :: d_step { !violated && faults > 0 -> faults--; commit_all() } goto again /* not known */
#endif
#ifdef GO_ON_AFTER_FAILURE
    :: FAULT(next = next + (way == KAFKA -> 1 : 0); forget()) goto end_idle
#else
    :: FAULT(skip) goto again /* not committed, and the gate does not know */
#endif
    fi;

#ifdef NO_ATOMIC_COMMIT
second_commit:
    if
    :: d_step { true -> add_to_outbox(); forget() } goto end_idle
    :: FAULT(begin()) goto end_idle
    fi;
#endif

again:
    if
    :: d_step { way == HTTP -> retry() } goto read_job_and_judge
    :: d_step { true -> begin() } goto end_idle /* over HTTP: it died, and the client is gone */
    fi
}
