#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that unused.py and unused_files.py find each kind of fault, in a small tree made to be
sound and then to have one."""
import pathlib
import tempfile
import unittest
from unittest import mock

import unused
import unused_files

SOUND = {
    "service/serve/process/meters.h": """
enum meter {
    METER_EVENTS, // by kind
    METER_RECONNECTS,
    METERS,
};
""",
    "service/serve/process/meters.c": """
static const char *const names[METERS] = {
    [METER_EVENTS] = "events", // METER_MADE_UP
    [METER_RECONNECTS] = "METER_MADE_UP",
};
""",
    "service/serve/process/option_table.c": """
static const struct option options[] = {
    {.name = "group.id",
     .type = OPTION_TEXT},
    {.name = "cache.bytes",
     .type = OPTION_BYTES},
};
""",
    "service/serve/process/config.h": """
struct config {
    const char *group_id; // NULL: none
    enum role {
        ROLE_NONE,
        ROLE_ONE,
    } role;
    long cache_bytes, *others;
};
""",
    "service/serve/process/config.c": """
static void fill(struct config *config, const struct options *options)
{
    config->group_id = options_text(options, "group.id");
    config->cache_bytes = options_integer(options, "cache.bytes");
    config->role = ROLE_ONE;
    config->others = NULL;
}
""",
    "service/serve/serve.h": """
int serve_run(struct config *config);
""",
    "service/serve/serve.c": """
int serve_run(struct config *config)
{
    metrics_add(METER_EVENTS);
    metrics_add(METER_RECONNECTS);
    use(config->group_id, config->cache_bytes, config->role, *config->others);
    return ask("rows_read") || ask("jobs_asc") || ask("jobs_desc") || ask("position_move") ||
           ask("cancel_position_move") || ask("rows_insert");
}
""",
    "service/main.c": """
int main(int argc, char **argv)
{
    return serve_run(argv);
}
""",
    "service/core/poison.c": """
static const char *const reasons[] = {
    "SCHEMA_UNKNOWN", "TOMBSTONE", "BOOLEAN", "DATA_REFUSED",
    "OTHER"};
""",
    "service/wire/plan.c": """
static const char *const words[] = {"NO_REASON"};

static int refuse(struct err *err)
{
    static const struct fault faults[] = {[0] = {"BOOLEAN", "neither"}};

    if (strcmp(err->reason, "AWAY"))
        return err_set(err, RETRY, "AWAY", "%s", "x");
    return err_set(err, POISON, faults[0].reason, "%s", "x") || set(err, POISON, "TOMBSTONE");
}
""",
    "service/store/connection/errors.c": """
static const struct rule rules[] = {
    {"22", POISON, false, "DATA_REFUSED", NULL},
    {"40", RETRY, true, "SERIALIZATION", NULL},
};
""",
    "service/auth/token.c": """
static int refuse(struct err *err)
{
    return err_set(err, POISON, "TOKEN_EXPIRED", "x");
}
""",
    "service/cli/operate/serve.c": """
static const struct flag flags[] = {
    {"only", "PARTS", "which parts", 0},
};
static const char help[] =
    "Exit codes: 0 done, 1 it could\\n" MORE,
    example = "after 42 seconds";
""",
    "service/cli/api/api_settings.h": """
#define API_EXIT_CODES                                                        \\
    "2 wrong usage,\\n"                                                        \\
    "77 no token"
""",
    "service/cli/terminal/exit_code.h": """
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2, // wrong
    EXIT_NO_PERMISSION = 77,
};
""",
    "service/cli/cli.c": """
static int exits[] = {EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NO_PERMISSION};
static int parts = arguments_value(arguments, "only");
static struct own own_codes[] = {{"AWAY", EXIT_FAILED}};
""",
    "service/http/problem.c": """
#define OURS "urn:jobtrail:problem:"
    [PROBLEM_NOT_FOUND] = {404, OURS "not-found", "Not found"},
""",
    "schemas/openapi.yaml": """
- 404 `urn:jobtrail:problem:not-found`
        '404': { }
""",
    "service/store/reader/queries/rows_read.sql": "-- Rows.\nSELECT 1 FROM jobtrail.job\n",
    "service/store/reader/queries/jobs.both_ways.sql": "SELECT 1\n",
    "service/store/reader/queries/rows_insert.sql": """
INSERT INTO jobtrail.job AS j (job_id,
                               status)
VALUES ($1, $2) ON CONFLICT (job_id) DO UPDATE SET message = excluded.message WHERE true
""",
    "service/store/source/queries/position_move.both_logs.sql": """
UPDATE @POSITIONS@ AS p
SET next_offset = m.next_offset, owner = $1
FROM m WHERE p.topic = m.topic
""",
    "schemas/sql/0001.sql": """
CREATE TABLE jobtrail.job (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL DEFAULT now(),
    job_id     text NOT NULL, -- not a_comment text,
    status     smallint,
    PRIMARY KEY (job_id)
) WITH (fillfactor = 70);
CREATE TABLE jobtrail.cancel_position (
    next_offset bigint
);
ALTER TABLE jobtrail.job ADD COLUMN message text;
ALTER TABLE jobtrail.cancel_position ADD COLUMN owner text;
""",
    "service/page/browser/words_en.js": """
export const words = {
    "list.none": "Nothing",
    "status.failed": "Failed",
    "event.decides.long": "It decides.",
};
""",
    "service/page/browser/list.js": """
text = t("list.none") + t(`status.${job.status}`) + t(`event.${verdict}.long`);
const decides = 1;
""",
    "service/view/job.c": 'static const char *status = "failed";\n',
}

# The rows about what the tree has.
HAPPENINGS = [row for row in unused.HAPPENINGS if row[1] in ("meter", "exit_code")]


class Unused(unittest.TestCase):
    def faults(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**SOUND, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            with mock.patch.object(unused, "HAPPENINGS", HAPPENINGS):
                return [*unused.all_faults(root), *unused_files.all_faults(root)]

    def assert_fault(self, name, old, new, *parts):
        """The sound tree with one change has one fault, which names the parts."""
        self.assertIn(old, SOUND[name])
        faults = self.faults({name: SOUND[name].replace(old, new)})
        self.assertEqual(len(faults), 1, faults)
        for part in parts:
            self.assertIn(part, faults[0])

    def test_the_sound_tree_is_sound(self):
        self.assertEqual(self.faults({}), [])

    def test_a_function_that_nothing_calls(self):
        self.assert_fault("service/main.c", "serve_run(", "serve_walk(", "serve.c", "serve_run()")

    def test_a_value_that_nothing_uses(self):
        self.assert_fault("service/serve/process/config.h", "ROLE_ONE,", "ROLE_ONE, ROLE_TWO,",
                          "config.h", "ROLE_TWO")

    def test_a_metric_that_nothing_counts(self):
        self.assert_fault("service/serve/serve.c", "metrics_add(METER_RECONNECTS)", "; // METER_RECONNECTS",
                          "meters.h", "METER_RECONNECTS")

    def test_an_enum_that_was_renamed(self):
        self.assert_fault("service/serve/process/meters.h", "enum meter {", "enum gauge {",
                          "meters.h", "no enum meter")

    def test_an_exit_code_that_nothing_returns(self):
        self.assert_fault("service/cli/cli.c", "EXIT_USAGE, ", "", "EXIT_USAGE")

    def test_an_exit_code_that_no_help_has(self):
        self.assert_fault("service/cli/api/api_settings.h", "77 no token", "no token", "exit_code.h", "77")

    def test_an_exit_code_of_a_help_that_is_none(self):
        self.assert_fault("service/cli/operate/serve.c", "1 it could", "1 it could, 9 not", "serve.c", "9")

    def test_an_option_that_nothing_reads(self):
        self.assert_fault("service/serve/process/option_table.c", '"group.id",',
                          '"group.id", .type = OPTION_TEXT},\n    {.name = "page.colour",', "page.colour")

    def test_a_member_of_the_configuration_that_nothing_uses(self):
        for member in ("group_id", "cache_bytes", "role", "others"):
            self.assert_fault("service/serve/serve.c", f"config->{member}", f"other_{member}", "config.h",
                              f"config.{member}")

    def test_a_flag_that_nothing_reads(self):
        self.assert_fault("service/cli/operate/serve.c", "0},", '0},\n    {"all", NULL, "all of them", 0},', "--all")

    def test_a_reason_for_dead_letters_that_is_not_listed(self):
        self.assert_fault("service/core/poison.c", ' "BOOLEAN",', "", "plan.c", "BOOLEAN")
        self.assert_fault("service/core/poison.c", ', "DATA_REFUSED",', ",", "errors.c", "DATA_REFUSED")

    def test_a_reason_that_no_dead_letter_has(self):
        self.assert_fault("service/core/poison.c", '"OTHER"', '"VARINT", "OTHER"', "poison.c", "VARINT")

    def test_a_reason_that_is_awaited_and_never_comes(self):
        self.assert_fault("service/wire/plan.c", 'reason, "AWAY"', 'reason, "GONE"', "plan.c", "GONE")
        self.assert_fault("service/cli/cli.c", '"AWAY"', '"LOST"', "cli.c", "LOST")

    def test_a_query_that_nothing_asks(self):
        for name, path in (("rows_read", "reader/queries/rows_read.sql"),
                           ("jobs_desc", "reader/queries/jobs.both_ways.sql"),
                           ("cancel_position_move", "source/queries/position_move.both_logs.sql")):
            self.assert_fault("service/serve/serve.c", f'ask("{name}")', "DONE", path, name)

    def test_a_column_that_nothing_writes(self):
        for old, new, column in (("status     ", "colour text,\n    status     ", "job.colour"),
                                 ("message text", "words text", "job.words"),
                                 ("ADD COLUMN owner", "ADD COLUMN holder", "cancel_position.holder")):
            self.assert_fault("schemas/sql/0001.sql", old, new, "0001.sql", column)

    def test_words_that_the_page_never_says(self):
        words, module = "service/page/browser/words_en.js", "service/page/browser/list.js"
        self.assert_fault(module, 't("list.none")', '""', "list.none")
        self.assert_fault(words, '"status.failed"', '"status.faded"', "status.faded")
        self.assert_fault(words, '"event.decides.long"', '"event.divides.long"', "event.divides.long")
        self.assert_fault(module, "`status.${job.status}`", "job.status", "status.failed")

    def test_a_problem_that_is_not_documented(self):
        self.assert_fault("service/http/problem.c", '[PROBLEM_NOT_FOUND]',
                          '[PROBLEM_GONE] = {404, OURS "gone", "Gone"},\n    [PROBLEM_NOT_FOUND]',
                          "openapi.yaml", "problem:gone")

    def test_a_problem_with_another_status_than_is_documented(self):
        faults = self.faults({"service/http/problem.c": SOUND["service/http/problem.c"].replace("404", "410")})
        self.assertEqual(len(faults), 2, faults)
        self.assertIn("410 urn:jobtrail:problem:not-found", faults[0])
        self.assertIn("404", faults[1])

    def test_a_documented_problem_that_nothing_answers(self):
        self.assert_fault("schemas/openapi.yaml", "        '404'", "- 404 `urn:jobtrail:problem:lost`\n        '404'",
                          "problem:lost")

    def test_a_documented_status_that_nothing_answers(self):
        self.assert_fault("schemas/openapi.yaml", "'404': { }", "'404': { }\n        '418': { }", "418")


if __name__ == "__main__":
    unittest.main()
