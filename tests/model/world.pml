/* SPDX-License-Identifier: Apache-2.0
 *
 * What all parts of the model share: PostgreSQL (the job's row, ledger, commands, outbox,
 * position), the topics, and the numbers that things are written as. What is here outlives every
 * crash; what a process forgets is local to it. */

/* Identities of requests, (organisation, requester, request_id), numbered. */
#define IDENTITIES 3 /* 0 and 2: the creator's, 1: the stranger's */
#define CREATOR 1
#define STRANGER 2
#define requester(identity) (identity == 1 -> STRANGER : CREATOR)

/* The job's row, as the projection has it: bits of who is said to have created it (none, one, or
 * two that differ), and the phase of its highest attempt. */
#define CREATED 1       /* a JobCreated that names CREATOR */
#define CREATED_AGAIN 2 /* one that names STRANGER: alone it is believed, both are a dispute */
#define PHASE 4         /* times 0: attempt 1 runs, 1: it ended, 2: attempt 2 runs, 3: it ended */
#define known(row) ((row & 3) != 0)
#define disputed(row) ((row & 3) == 3)
#define creator(row) (row & CREATED -> CREATOR : STRANGER)
#define phase(row) (row / PHASE)
#define attempt(row) (phase(row) / 2) /* 0: the first, 1: the second */
#define finished(row) ((phase(row) & 1) != 0)
byte job;

/* Ledger: one cell an identity. */
#define ABSENT 0
#define WAITING 1
#define REFUSED 2
#define GRANTED 3 /* and above: the command it refers to */
#define granted(cell) (cell >= GRANTED)
byte ledger[IDENTITIES];

/* What a gate judged, and so what its transaction writes besides the position. */
#define SAME 0  /* nothing: the request already waits */
#define WAIT 1
#define ANSWER 2 /* decided before: the decision goes out again */
#define REFUSE 3
#define ENTITLED 4 /* not yet: whether there is a command is still to be read */
#define JOIN 5 /* granted, and the command is there: ALREADY_REQUESTED */
#define GRANT 6

/* Commands: for each attempt the number of its id, from 1; 0 is none. */
#define IDS 4
#define command_row(try, id) ((try) * IDS + (id) - 1)
byte command[2];

/* Outbox rows and records on topics are the same facts, so one numbering serves both: first
 * commands by (attempt, id), then decisions by (identity, granted). Equal rows fall together,
 * which can only lose a publication, never make one. */
#define DECISIONS (2 * IDS)
#define decision_row(identity, cell) (DECISIONS + 2 * (identity) + (granted(cell) -> 1 : 0))
#define bit(row) (1 << (row))
int unsent; /* rows of the outbox that are not marked */
int topic;  /* records that job.commands and job.cancel-decisions hold */
int withdrawn; /* rows of commands that were not to go out any more, and never were marked */
int stray;  /* records that a relay which lost its lock has on their way */

/* The topic of requests, and the position that is kept with the decisions. */
byte log[REQUESTS];
byte position;

byte http_left = HTTP_REQUESTS;
byte faults = FAULTS;

/* No `goto` stands inside: an atomic step would go on behind it. */
#define FAULT(consequence) d_step { faults > 0 -> faults--; consequence }
