# SPDX-License-Identifier: Apache-2.0
"""Deliberate mistakes in the cancel gate, each of which its tests must notice.

As in mutations.py: (rule, mistake, file, text, mistaken text), perhaps with more pairs of texts.

The gate asks for the creator twice: in the row NOT_CREATOR, and, in the positive, in the rows that
grant. Without one of the two it gives wrong reasons at most: such a mistake is of the rule GUARDED,
under which no unauthorised command may come about. Without both, one must: UNGUARDED.
"""

GATE, TRANSACTION, CANCEL = "gate.c", "gate_transaction.c", "cancel.c"
GUARDED, UNGUARDED = "one guard is left", "no guard is left"
AUTHORITY = (GUARDED, UNGUARDED)

CREDENTIALS = "    {is_not_authenticated, CANCEL_REFUSED, REASON_INVALID_CREDENTIALS},\n"
REUSED = "    {takes_the_id_of_another, CANCEL_REFUSED, REASON_REQUEST_ID_REUSED},\n"
EXPIRED = "    {came_too_long_ago, CANCEL_REFUSED, REASON_EXPIRED},\n"
UNKNOWN = (
    "    {is_of_unknown_job, CANCEL_REFUSED, REASON_UNKNOWN_JOB}, // unless it may wait\n"
)
STRANGER = "    {is_not_creator, CANCEL_REFUSED, REASON_NOT_CREATOR},\n"
FINISHED = "    {is_finished, CANCEL_REFUSED, REASON_ALREADY_FINISHED},\n"
FIXED = "    {is_not_cancellable, CANCEL_REFUSED, REASON_NOT_CANCELLABLE},\n"
COMMANDED = "    {has_a_command, CANCEL_GRANTED, REASON_ALREADY_REQUESTED},\n"
CREATOR = "    {is_creator, CANCEL_GRANTED, REASON_CREATOR},\n"
TABLE = [CREDENTIALS, REUSED, EXPIRED, UNKNOWN, STRANGER, FINISHED, FIXED, COMMANDED, CREATOR]

ROWS = [("table", f"without row {n + 1}", GATE, row, "") for n, row in enumerate(TABLE)]
SWAPS = [
    ("table", f"rows {n + 1} and {n + 2} in the wrong order", GATE, a + b, b + a)
    for n, (a, b) in enumerate(zip(TABLE, TABLE[1:]))
]

ANY_COMMANDED = (
    "    return j->facts->command.known && is_creator(j);",
    "    return j->facts->command.known;",
)
IS_CREATOR = (
    "static const struct rule {",
    "static bool is_anybody(const struct judged *j)\n{\n    return j != NULL;\n}\n\n"
    "static const struct rule {",
)
ANYBODY = (CREATOR, CREATOR.replace("is_creator", "is_anybody"))
GUARDS = [
    (GUARDED, "the row NOT_CREATOR is missing", GATE, STRANGER, ""),
    (GUARDED, "the granting row asks nothing", GATE, *IS_CREATOR, *ANYBODY),
    (GUARDED, "the row of an open command asks nothing", GATE, *ANY_COMMANDED),
    (GUARDED, "both granting rows ask nothing", GATE, *IS_CREATOR, *ANYBODY, *ANY_COMMANDED),
    (UNGUARDED, "nor does NOT_CREATOR", GATE, STRANGER, "", *IS_CREATOR, *ANYBODY),
    (UNGUARDED, "everybody is the creator", GATE,
     "static bool is_creator(const struct judged *j)\n{\n",
     "static bool is_creator(const struct judged *j)\n{\n    if (j)\n        return true;\n"),
    (UNGUARDED, "no row asks", GATE, STRANGER, "", *IS_CREATOR, *ANYBODY, *ANY_COMMANDED),
    ("creator", "an open command is everybody's", GATE, STRANGER, "", *ANY_COMMANDED),
]

SAME = "slice_equal(j->request->requester_id, j->facts->job.creator_id)"
MINE, THEIRS = "j->request->requester_id", "j->facts->job.creator_id"
NOT_NULL = "!slice_is_null(j->facts->job.creator_id) && "
NOT_EMPTY = "j->request->requester_id.size > 0 &&\n           "


def compared(how):
    """Requester and creator compared in another way; a is the requester, b the creator."""
    return how.replace("a.", MINE + ".").replace("b.", THEIRS + ".")


CREATORS = [
    ("creator", "whatever their case", GATE, SAME,
     compared("a.size == b.size && !strncasecmp(a.data, b.data, a.size)"),
     '#include "core/gate.h"\n', '#include "core/gate.h"\n#include <strings.h>\n'),
    ("creator", "a prefix will do", GATE, SAME,
     compared("a.size <= b.size && !memcmp(a.data, b.data, a.size)")),
    ("creator", "a longer one will do", GATE, SAME,
     compared("b.size <= a.size && !memcmp(a.data, b.data, b.size)")),
    ("creator", "a suffix will do", GATE, SAME,
     compared("a.size <= b.size && !memcmp(a.data, b.data + b.size - a.size, a.size)")),
    ("creator", "up to a NUL", GATE, SAME,
     compared("!strncmp(a.data, b.data, a.size > b.size ? a.size : b.size)")),
    ("creator", "the length will do", GATE, SAME, compared("a.size == b.size")),
    ("creator", "the last byte may differ", GATE, SAME,
     compared("a.size == b.size && !memcmp(a.data, b.data, a.size - 1)")),
    ("creator", "trailing space is nothing", GATE, SAME,
     compared("a.size >= b.size && !memcmp(a.data, b.data, b.size) && "
              "(a.size == b.size || a.data[b.size] == ' ' || a.data[b.size] == '\\n')")),
    ("creator", "leading space is nothing", GATE, SAME,
     compared("(slice_equal(") + MINE + ", " + THEIRS + ") || (" +
     compared("a.size == b.size + 1 && a.data[0] == ' ' && "
              "!memcmp(a.data + 1, b.data, b.size)))")),
    ("creator", "the job's name is one", GATE, SAME,
     f"({SAME} || slice_equal({MINE}, j->request->job_id))"),
    ("creator", "the organisation is one", GATE, SAME,
     f"({SAME} || slice_equal({MINE}, j->request->organization_id))"),
    ("creator", "nobody's job is everybody's", GATE, NOT_NULL, "",
     SAME, f"(slice_is_null({THEIRS}) || {SAME})"),
    ("creator", "nobody's job is nobody's", GATE, NOT_NULL + NOT_EMPTY, ""),
    ("creator", "an empty id is one", GATE, NOT_EMPTY, ""),
    ("creator", "disputed is nothing", GATE,
     " &&\n           !j->facts->job.creator_disputed", ""),
]

CONDITIONS = [
    ("repeated", "by who is not proven", GATE,
     "return j->request->authenticated && j->facts->earlier.known",
     "return j->facts->earlier.known"),
    ("repeated", "never", GATE, "    if (is_repeated(&judged)) {", "    if (0) {"),
    ("repeated", "of another job", GATE,
     "j->facts->earlier.known && !takes_the_id_of_another(j) &&", "j->facts->earlier.known &&"),
    ("repeated", "a waiting one is its own repetition", GATE,
     "(j->facts->earlier.decided || j->facts->earlier.ledger_id != j->request->ledger_id)",
     "1"),
    ("repeated", "a decided one is not", GATE,
     "(j->facts->earlier.decided || j->facts->earlier.ledger_id != j->request->ledger_id)",
     "j->facts->earlier.ledger_id != j->request->ledger_id"),
    ("repeated", "a pending one is not", GATE,
     "(j->facts->earlier.decided || j->facts->earlier.ledger_id != j->request->ledger_id)",
     "j->facts->earlier.decided"),
    ("repeated", "its answer is another", GATE,
     "    out->decision = facts->earlier.decision;\n", ""),
    ("repeated", "its reason is another", GATE,
     "    out->reason_code = facts->earlier.reason_code;\n", ""),
    ("repeated", "its time is another", GATE,
     "    out->decided_at_us = facts->earlier.decided_at_us;\n", ""),
    ("repeated", "a pending one is decided", GATE,
     "    out->is_decided = facts->earlier.decided;\n    if (!out->is_decided)\n        return;\n",
     "    out->is_decided = true;\n"),
    ("reused", "the jobs are not compared", GATE,
     "j->facts->earlier.known && !slice_equal(j->facts->earlier.job_id, j->request->job_id)",
     "j->facts->earlier.known && 0"),
    ("reused", "the lengths are compared", GATE,
     "!slice_equal(j->facts->earlier.job_id, j->request->job_id)",
     "j->facts->earlier.job_id.size != j->request->job_id.size"),
    ("reused", "by what is not known", GATE, "return j->facts->earlier.known && !slice_equal(",
     "return !slice_equal("),
    ("expired", "at the greatest age", GATE, "received_at_us < j->now_us", "received_at_us <= j->now_us"),
    ("expired", "one that waited, too", GATE, "!j->request->ledger_id && j->request->received",
     "j->request->received"),
    ("expired", "never when its time is not known", GATE,
     "j->request->received_at_us < j->now_us - j->rules->max_age_us",
     "j->now_us - j->request->received_at_us > j->rules->max_age_us"),
    ("unknown", "a job without creation is known", GATE,
     "return !j->facts->job.known || !j->facts->job.creation_known;",
     "return !j->facts->job.known;"),
    ("unknown", "a creation without job", GATE,
     "return !j->facts->job.known || !j->facts->job.creation_known;",
     "return !j->facts->job.creation_known;"),
    ("unknown", "everything waits", GATE,
     "rule->reason_code == REASON_UNKNOWN_JOB && request->may_wait",
     "rule->reason_code == REASON_UNKNOWN_JOB"),
    ("unknown", "nothing waits", GATE,
     "rule->reason_code == REASON_UNKNOWN_JOB && request->may_wait", "0"),
    ("unknown", "every refusal waits", GATE,
     "rule->reason_code == REASON_UNKNOWN_JOB && request->may_wait",
     "rule->decision == CANCEL_REFUSED && request->may_wait"),
    ("finished", "accepted is", GATE,
     "return j->facts->job.status != STATUS_ACCEPTED && j->facts->job.status != STATUS_RUNNING;",
     "return j->facts->job.status != STATUS_RUNNING;"),
    ("finished", "running is", GATE,
     "return j->facts->job.status != STATUS_ACCEPTED && j->facts->job.status != STATUS_RUNNING;",
     "return j->facts->job.status != STATUS_ACCEPTED;"),
    ("finished", "dismissed is not", GATE,
     "j->facts->job.status != STATUS_RUNNING;",
     "j->facts->job.status != STATUS_RUNNING &&\n"
     "           j->facts->job.status != STATUS_DISMISSED;"),
    ("finished", "what is not known is not", GATE,
     "return j->facts->job.status != STATUS_ACCEPTED && j->facts->job.status != STATUS_RUNNING;",
     "return j->facts->job.status >= STATUS_SUCCESSFUL && j->facts->job.status < JOB_STATUSES;"),
    ("command", "issued twice", GATE, "out->issues_command = !j->facts->command.known;",
     "out->issues_command = true;"),
    ("command", "issued though refused", GATE,
     "    if (rule->decision != CANCEL_GRANTED)\n        return;\n", ""),
    ("command", "published again at once", GATE,
     "out->issues_command || j->now_us >= j->facts->command.answer_by_us;", "true;"),
    ("command", "never published again", GATE,
     "out->issues_command || j->now_us >= j->facts->command.answer_by_us;",
     "out->issues_command;"),
    ("command", "published again too late", GATE, "j->now_us >= j->facts->command.answer_by_us",
     "j->now_us > j->facts->command.answer_by_us"),
    ("command", "a new one is not published", GATE,
     "out->issues_command || j->now_us >= j->facts->command.answer_by_us;",
     "j->facts->command.known && j->now_us >= j->facts->command.answer_by_us;"),
    ("verdict", "its time is forgotten", GATE, "    out->decided_at_us = j->now_us;\n", ""),
    ("verdict", "something is left over", GATE,
     "    *out = (struct gate_verdict){.decision = CANCEL_REFUSED, .reason_code = REASON_OTHER};\n",
     ""),
    ("verdict", "begins as granted", GATE,
     "(struct gate_verdict){.decision = CANCEL_REFUSED,", "(struct gate_verdict){.decision = CANCEL_GRANTED,"),
]

TRANSACTIONS = [
    ("batch", "one of the same job joins", TRANSACTION,
     "if (is_same_job(&requests[i], next) || may_be_same_request(&requests[i], next))",
     "if (may_be_same_request(&requests[i], next))"),
    ("batch", "one of the same id joins", TRANSACTION,
     "if (is_same_job(&requests[i], next) || may_be_same_request(&requests[i], next))",
     "if (is_same_job(&requests[i], next))"),
    ("batch", "only the first is looked at", TRANSACTION,
     "    for (size_t i = 0; i < count; i++)\n        if (is_same_job",
     "    for (size_t i = 0; i < count && i < 1; i++)\n        if (is_same_job"),
    ("batch", "the organisation is forgotten", TRANSACTION,
     " && slice_equal(a->organization_id, b->organization_id)", ""),
    ("batch", "the job is forgotten", TRANSACTION, "slice_equal(a->job_id, b->job_id) && ", ""),
    ("batch", "one too many", TRANSACTION, "return count < GATE_BATCH_MAX;",
     "return count <= GATE_BATCH_MAX;"),
    ("batch", "what waits goes together whatever it is", TRANSACTION,
     "if (gate_may_join(requests, kept, &requests[i]))", "if (kept <= i)"),
    ("batch", "what does not join is compared with all before it", TRANSACTION,
     "gate_may_join(requests, kept, &requests[i])", "gate_may_join(requests, i, &requests[i])"),
    ("batch", "too many are not refused", TRANSACTION, "    if (count > GATE_BATCH_MAX)\n",
     "    if (count > 2 * GATE_BATCH_MAX)\n"),
    ("judging", "by the first one's facts", TRANSACTION, "&facts[i], write->now_us",
     "&facts[0], write->now_us"),
    ("judging", "its failure is written", TRANSACTION,
     "return rc ? rc : gate->ledger->write(", "return gate->ledger->write("),
    ("judging", "all fail but the last", TRANSACTION, "for (size_t i = 0; !rc && i < count; i++)\n        rc = judge",
     "for (size_t i = 0; i < count; i++)\n        rc = judge"),
    ("ledger", "the wait is the answer's", TRANSACTION, ".waits_until_us = now_us + gate->rules.wait_us",
     ".waits_until_us = now_us + gate->rules.answer_within_us"),
    ("ledger", "the answer is the wait's", TRANSACTION,
     ".answer_by_us = now_us + gate->rules.answer_within_us",
     ".answer_by_us = now_us + gate->rules.wait_us"),
    ("ledger", "moves are forgotten", TRANSACTION,
     "        write.move_count = delivery->move_count;\n", ""),
    ("ledger", "dead letters are forgotten", TRANSACTION,
     "        write.dead_letter_count = delivery->dead_letter_count;\n", ""),
    ("ledger", "its time is forgotten", TRANSACTION, ".entry_count = count, .now_us = now_us}",
     ".entry_count = count}"),
    ("ledger", "the last one is not written", TRANSACTION, ".entry_count = count,",
     ".entry_count = count - (count > 1),"),
    ("command id", "of a refused one", TRANSACTION,
     "    if (!is_granted(verdict))\n        return DONE;\n", ""),
    ("command id", "of a refused one that is decided", TRANSACTION,
     "return verdict->is_decided && verdict->decision == CANCEL_GRANTED;",
     "return verdict->is_decided;"),
    ("command id", "of a repetition is computed anew", TRANSACTION,
     "if (verdict->action == GATE_REPEAT) {", "if (0) {"),
    ("command id", "is not told", TRANSACTION, "if (command_ids)", "if (0)"),
    ("command id", "is told after a failure", TRANSACTION,
     "for (size_t i = 0; !rc && i < count; i++) {", "for (size_t i = 0; i < count; i++) {"),
    ("conflict", "is not retried", TRANSACTION, "enum { TRIES_MAX = 5 };",
     "enum { TRIES_MAX = 1 };"),
    ("conflict", "is retried less often", TRANSACTION, "enum { TRIES_MAX = 5 };",
     "enum { TRIES_MAX = 4 };"),
    ("conflict", "is retried without end", TRANSACTION, "tries < TRIES_MAX", "tries < 100000"),
    ("conflict", "other errors are, too", TRANSACTION,
     "if (!rc || strcmp(err->reason, LEDGER_CONFLICT) != 0)", "if (!rc)"),
    ("conflict", "is a success", TRANSACTION, "    return rc;\n}\n",
     "    return rc && strcmp(err->reason, LEDGER_CONFLICT) ? rc : DONE;\n}\n"),
]

WORDS = [
    ("names", "of decisions", CANCEL, '{"granted", "refused"}', '{"refused", "granted"}'),
    ("names", "of reasons", CANCEL, '"NOT_CREATOR", "ALREADY_FINISHED",',
     '"ALREADY_FINISHED", "NOT_CREATOR",'),
    ("names", "a prefix is one", CANCEL, "if (slice_equal(name, slice_of(names[*out])))",
     "if (!strncmp(name.data ? name.data : \"\", names[*out], name.size))"),
    ("names", "none is one", CANCEL, "            return true;\n    return false;\n}\n\nbool cancel_dec",
     "            return true;\n    return true;\n}\n\nbool cancel_dec"),
    ("names", "the last decision is none", CANCEL, "find(decisions, CANCEL_REFUSED + 1,",
     "find(decisions, CANCEL_REFUSED,"),
    ("names", "the last reason is none", CANCEL, "find(reasons, CANCEL_REASON_CODES,",
     "find(reasons, CANCEL_REASON_CODES - 1,"),
    ("limits", "an empty id", CANCEL, "id.size >= 1 && id.size <= ID_MAX_BYTES",
     "id.size <= ID_MAX_BYTES"),
    ("limits", "an id too long", CANCEL, "id.size <= ID_MAX_BYTES", "id.size <= ID_MAX_BYTES + 1"),
    ("limits", "the longest id is none", CANCEL, "id.size <= ID_MAX_BYTES",
     "id.size < ID_MAX_BYTES"),
    ("limits", "an absent id", CANCEL, "return id.data && id.size >= 1", "return id.size >= 1"),
    ("limits", "not of the organisation", CANCEL,
     'check_length(request->organization_id, "organization_id", err)', "DONE"),
    ("limits", "not of the job", CANCEL, 'rc = check_length(request->job_id, "job_id", err)',
     "rc = DONE"),
    ("limits", "not of the requester", CANCEL,
     'rc = check_length(request->requester_id, "requester_id", err)', "rc = DONE"),
    ("limits", "not of the reason", CANCEL,
     "!utf8_shorten(&request->reason, MESSAGE_MAX_BYTES, arena)", "0"),
    ("limits", "without memory the reason is left", CANCEL, "        rc = err_no_memory(err);\n    if (!is_tr",
     "        rc = DONE;\n    if (!is_tr"),
    ("traceparent", "anything is one", CANCEL, "    if (!is_traceparent(request->traceparent))\n",
     "    if (0)\n"),
    ("traceparent", "of any length", CANCEL, "text.size == TRACEPARENT_BYTES",
     "text.size >= TRACEPARENT_BYTES"),
    ("traceparent", "of any version", CANCEL, '!memcmp(text.data, "00-", 3) &&', ""),
    ("traceparent", "of any first dash", CANCEL, "text.data[35] == '-' && ", ""),
    ("traceparent", "of any second dash", CANCEL, "text.data[52] == '-' && ", ""),
    ("traceparent", "any trace id", CANCEL, "is_trace_id(text, 3, 35) && ", ""),
    ("traceparent", "any parent id", CANCEL, " && is_trace_id(text, 36, 52)", ""),
    ("traceparent", "any flags", CANCEL, " && is_hexadecimal(text, 53, 55)", ""),
    ("traceparent", "zeros are an id", CANCEL, "return zeros < to && is_hexadecimal",
     "return is_hexadecimal"),
    ("traceparent", "a NUL is a digit", CANCEL, " || !text.data[i])", ")"),
    ("traceparent", "in upper case", CANCEL, '"0123456789abcdef"', '"0123456789abcdefABCDEF"'),
    ("command id", "without organisation", CANCEL,
     "    at = put_id(at, key->organization_id);\n", ""),
    ("command id", "without job", CANCEL, "    at = put_id(at, key->job_id);\n", ""),
    ("command id", "without attempt", CANCEL, "    at = put_u32(at, (uint32_t)attempt);\n", ""),
    ("command id", "without the attempt's upper bytes", CANCEL, "(uint32_t)attempt)",
     "(uint32_t)attempt & 0xff)"),
    ("command id", "without lengths", CANCEL, "    at = put_u32(at, (uint32_t)id.size);\n", ""),
    ("command id", "job first", CANCEL,
     "    at = put_id(at, key->organization_id);\n    at = put_id(at, key->job_id);\n",
     "    at = put_id(at, key->job_id);\n    at = put_id(at, key->organization_id);\n"),
    ("command id", "little-endian", CANCEL, "for (int shift = 24; shift >= 0; shift -= 8)",
     "for (int shift = 0; shift <= 24; shift += 8)"),
    ("command id", "in another namespace", CANCEL, "0xd9, 0x3c, 0xa9}", "0xd9, 0x3c, 0xaa}"),
    ("command id", "of a bad organisation", CANCEL, "!is_id(key->organization_id) || ", ""),
    ("command id", "of a bad job", CANCEL, " || !is_id(key->job_id)", ""),
    ("command id", "without memory it is anything", CANCEL,
     "    if (!uuid_from_name(&space, (struct slice){name, (size_t)(at - name)}, out))\n"
     "        return err_no_memory(err);\n",
     "    if (!uuid_from_name(&space, (struct slice){name, (size_t)(at - name)}, out))\n"
     "        return DONE;\n"),
]

MUTATIONS = ROWS + SWAPS + GUARDS + CREATORS + CONDITIONS + TRANSACTIONS + WORDS
