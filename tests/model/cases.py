# SPDX-License-Identifier: Apache-2.0
"""What tests/model/check tries: the model as it is, the model without one guard each, and without
what the model shows not to be needed."""

import dataclasses

MEMORY_MIB = 1900


def size(requests, http, faults, *more):
    return (f"REQUESTS={requests}", f"HTTP_REQUESTS={http}", f"FAULTS={faults}", *more)


@dataclasses.dataclass(frozen=True)
class Case:
    """One search. `breaks` is what pan then finds, in its own words; empty: the model holds."""

    name: str
    flags: tuple
    size: tuple
    breaks: str = ""
    search: str = "safety"
    reaches: tuple = ()  # the processes of which every statement must be come by
    long_sizes: tuple = ()

    def __post_init__(self):
        if not self.long_sizes:
            object.__setattr__(self, "long_sizes", (self.size,))


GATES = "GATES_ALONE"
TWO = size(2, 0, 1)
ONE_AND_HTTP = size(1, 1, 1)
LOGS = tuple(f"LOG={n}" for n in range(6))

HOLDS = [
    Case(
        "the gates",
        (GATES,),
        TWO,
        long_sizes=tuple(size(2, 1, 2, log) for log in LOGS),
    ),
    Case(
        "the gates, also over HTTP",
        (GATES, "ALL_LOGS"),
        ONE_AND_HTTP,
        reaches=("gate", "projection", "the_end"),
        long_sizes=(size(1, 1, 2),),
    ),
    Case(
        "all together",
        (),
        size(1, 0, 2),
        reaches=("relay", "network"),
        long_sizes=(size(1, 1, 1), size(1, 0, 2)),
    ),
    Case(
        "all together, nothing goes on for ever",
        (),
        size(1, 0, 1),
        search="cycles",
        long_sizes=(size(1, 0, 2),),
    ),
    Case(
        "the gates, nothing goes on for ever",
        (GATES,),
        size(1, 1, 0),
        search="cycles",
        long_sizes=(size(1, 1, 1), size(2, 0, 1)),
    ),
]

CYCLE = "non-progress cycle"
UNPUBLISHED = "(unsent&(1<<(((2*4)"
NEVER_SENT = "(topic&(1<<(((2*4)"

# The guard, the part of the model that shows it, and the assertion that it breaks: see
# properties.pml.
GUARDS = [
    Case("NO_CREATOR_CHECK: rule and constraint", ("NO_CREATOR_CHECK", GATES), TWO, "who==1"),
    Case("NO_DISPUTED_CHECK", ("NO_DISPUTED_CHECK", GATES), TWO, "!(((row&3)==3))"),
    Case("NO_FINISHED_CHECK", ("NO_FINISHED_CHECK", GATES), TWO, "!((((row/4)&1)!=0))"),
    Case("NO_UNIQUE_COMMAND", ("NO_UNIQUE_COMMAND", GATES), TWO, "(command[((row/4)/2)]==0)"),
    Case("NO_IDENTITY", ("NO_IDENTITY", GATES), ONE_AND_HTTP, "(seen!=0)||(ledger[who]==0)"),
    Case("NO_PENDING_CAS", ("NO_PENDING_CAS", GATES), TWO, "(seen!=1)||(ledger[who]==1)"),
    Case("NO_POSITION_CAS", ("NO_POSITION_CAS", GATES), TWO, "(next+1)>=position"),
    # One crash in two gates: with the compare-and-set the other gate comes to the request.
    Case(
        "NO_POSITION_CAS and a gate that goes on after a failure",
        ("NO_POSITION_CAS", "POSITION_MAY_GO_BACK", "GO_ON_AFTER_FAILURE", GATES),
        TWO,
        "position==2",
    ),
    Case("GO_ON_AFTER_FAILURE", ("GO_ON_AFTER_FAILURE", GATES), size(1, 0, 2), "position==1"),
    Case("NO_ATOMIC_COMMIT", ("NO_ATOMIC_COMMIT", GATES), TWO, UNPUBLISHED),
    Case("NO_DEADLINE", ("NO_DEADLINE", GATES), TWO, "cell!=1"),
    Case("RETRY_FROM_MEMORY", ("RETRY_FROM_MEMORY", GATES), size(1, 1, 0), CYCLE, "cycles"),
    Case(
        "NO_CREATOR_RULE, constraint kept: refused for ever",
        ("NO_CREATOR_RULE", GATES),
        size(1, 1, 0),
        CYCLE,
        "cycles",
    ),
    Case(
        "COMMAND_ID_WITHOUT_ATTEMPT",
        ("COMMAND_ID_WITHOUT_ATTEMPT", GATES),
        TWO,
        "&((unsent>>(((1*4)",
    ),
    Case(
        "RANDOM_COMMAND_ID, the ledger's tail lost",
        ("RANDOM_COMMAND_ID", "LOST_TAIL"),
        size(1, 0, 0),
        "-1))==0)&&",
    ),
    Case(
        "NO_SECOND_JUDGEMENT",
        ("NO_SECOND_JUDGEMENT",),
        size(1, 0, 0),
        "assertion violated ((row>=(2*4))||",
    ),
    Case("MARK_BEFORE_PUBLISH", ("MARK_BEFORE_PUBLISH",), size(1, 0, 1), NEVER_SENT),
    Case(
        "MARK_WITHOUT_ACKNOWLEDGEMENT",
        ("MARK_WITHOUT_ACKNOWLEDGEMENT",),
        size(1, 0, 1),
        NEVER_SENT,
    ),
]

# What these take away is not needed for the properties: cancel.pml says why it is there. Only with
# --long.
DISPENSABLE = [
    Case(
        "NO_CREATOR_RULE, constraint kept: safe",
        ("NO_CREATOR_RULE", GATES),
        size(1, 1, 0),
        long_sizes=(ONE_AND_HTTP,),
    ),
    Case(
        "NO_CREATOR_CONSTRAINT, rule kept",
        ("NO_CREATOR_CONSTRAINT", GATES),
        size(1, 1, 0),
        long_sizes=(ONE_AND_HTTP,),
    ),
    Case(
        "NO_POSITION_CAS, if the position may go back",
        ("NO_POSITION_CAS", "POSITION_MAY_GO_BACK", GATES),
        size(2, 0, 0),
        long_sizes=(size(2, 0, 1),),
    ),
    Case(
        "RANDOM_COMMAND_ID, nothing lost",
        ("RANDOM_COMMAND_ID",),
        size(1, 0, 1),
        long_sizes=(size(1, 1, 0),),
    ),
    Case(
        "the ledger's tail lost: still one id an attempt",
        ("LOST_TAIL",),
        size(1, 0, 0),
        long_sizes=(size(1, 0, 1),),
    ),
    Case("NO_RELAY_LOCK", ("NO_RELAY_LOCK",), size(1, 0, 0), long_sizes=(size(1, 0, 1),)),
]

# Every verdict comes about, so that the above is not said of nothing.
REACHED = [
    Case(f"reached: {verdict}", (f"REACHED={verdict}", GATES), TWO, "assertion violated (verdict!=")
    for verdict in ("SAME", "WAIT", "ANSWER", "REFUSE", "JOIN", "GRANT")
]

CASES = HOLDS + GUARDS + REACHED
