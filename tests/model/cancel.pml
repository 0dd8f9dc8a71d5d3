/* SPDX-License-Identifier: Apache-2.0
 *
 * The cancel protocol (design 7: gate, ledger, outbox, relay), for spin. One job of two attempts,
 * its creator with two requests and a stranger with one; two gates and the relay, which crash.
 * ./check runs it, and once without each guard; cases.py says with how many requests and faults.
 *
 * Where the design's words are:
 *   "read the job's row (a plain read)"        gate.pml, read_job_and_judge: it may change at once
 *   "judge"                                    judge_request, judge_entitled
 *   "one transaction ... ledger and outbox"    commit: one step, under the constraints `violated`
 *   positions kept with the decisions          position_moved; both gates hold the one partition
 *   "the same again, the same answer"          identity_taken, ANSWER
 *   "it waits (60 s ...), looked at by polling" WAITING; POLL and LATE; decided_meanwhile
 *   "ALREADY_REQUESTED", one an attempt        JOIN; command_taken; choose_id
 *   "CHECK (creator_id = requester_id)"        creator_wrong
 *   a commit refused or of unknown outcome     `again`: everything is forgotten and read anew
 *   "relay ... publishes and marks"            relay.pml; the record of a relay that lost its lock
 *                                              arrives at any time (`stray`)
 *   "a command that waited is judged once more" relay.pml, judge_once_more
 *   one tail of the ledger lost (design 12)    lost_tail.pml
 *   "whatever order": creation, a second one, ends, a retry      projection, below
 *
 * Safety is asserted at each write. Liveness: every run of the model ends (the search for cycles
 * finds none, whoever is scheduled), and where it ends everything is decided and published
 * (the_end). That needs less than weak fairness: only that faults are finite, and that somebody
 * acts while anybody can.
 *
 * Two sizes: all together, and GATES_ALONE, where what is in the outbox counts as published. Gates
 * read nothing that the relay writes, so its steps may all be thought after theirs; the first size
 * checks that the relay does empty the outbox.
 *
 * What the model shows not to be needed for the properties, and why it is kept:
 *   the relay's lock: without it equal records are published twice; it saves work.
 *   the compare-and-set of the position: it keeps the position from going back, so that a request
 *     is not settled once more for each gate. Identities make that harmless, but it fences a gate
 *     that went on after a failure, as soon as another request is settled (checked).
 *   the CHECK on the creator: the gate's rule suffices; were the rule lost, it keeps the property,
 *     at the price of a request that PostgreSQL refuses for ever (checked).
 *   an id that is a function: the unique command suffices until PostgreSQL loses the ledger's tail;
 *     then nothing else keeps the id (checked).
 *
 * Left out, and why that is harmless:
 *   other jobs, REQUEST_ID_REUSED: rows of other keys, and a refusal whose row has no identity.
 *   EXPIRED, NOT_CANCELLABLE, a null creator, reason codes: refusals on the path of REFUSED.
 *   INVALID_CREDENTIALS: a refused row under its position; nothing reads it.
 *   time: a deadline may pass at any moment while a request waits, which covers every clock and
 *     every position of the projection.
 *   an unanswered command sent again: one more equal row in the outbox, as for a decision.
 *   the projection losing its last commits: each judgement rests on one reading, old or new.
 *   waiting for another's unique key: commits are one step, and waiting only orders them.
 *   a relay's batch, and its order: no property is about the order of two rows.
 *   crashes of a gate that holds nothing: it would begin as it is.
 *   an HTTP client whose gate died: it has no answer, and may ask again (another HTTP request). */
#ifndef REQUESTS
#define REQUESTS 2
#endif
#ifndef HTTP_REQUESTS
#define HTTP_REQUESTS 1
#endif
#ifndef FAULTS
#define FAULTS 1
#endif

#include "world.pml"
#include "properties.pml"
#include "lost_tail.pml"
#include "gate.pml"
#include "relay.pml"

/* The projection: any of the job's events, in any order, or never. */
proctype projection()
{
    do
    :: atomic { !(job & CREATED) -> job = job + CREATED }
    :: atomic { !(job & CREATED_AGAIN) -> job = job + CREATED_AGAIN }
    :: atomic { phase(job) == 0 -> job = job + PHASE }
    :: atomic { phase(job) < 2 -> job = (job & 3) + 2 * PHASE }
    :: atomic { phase(job) < 3 -> job = (job & 3) + 3 * PHASE }
    :: break
    od
}

/* The creator's two requests are alike, so the first one may be number 0. One run may take one
 * log of them all (-DLOG=n), to fit into less memory. */
init
{
    atomic {
#ifdef LOG
        log[0] = LOG / 3;
#else
        if
        :: log[0] = 0
        :: log[0] = 1
#ifdef ALL_LOGS
        :: log[0] = 2
#endif
        fi;
#endif
#if REQUESTS > 1
#ifdef LOG
        log[1] = LOG % 3;
#else
        if
        :: log[1] = 0
        :: log[1] = 1
        :: log[1] = 2
        fi;
#endif
#endif
        run projection();
        run gate();
        run gate();
#ifndef GATES_ALONE
        run relay();
        run network();
#endif
#ifdef NO_RELAY_LOCK
        run relay();
#endif
#ifdef LOST_TAIL
        run failover();
#endif
        run the_end()
    }
}
