#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that house_rules.py catches what it is there for, on small trees made to be wrong."""
import pathlib
import tempfile
import unittest

import house_rules

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


class HouseRules(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return list(house_rules.all_faults(root))

    def assert_fault(self, name, text, part):
        faults = self.faults({name: SPDX + text})
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(part, faults[0])
        self.assertIn(name, faults[0])

    def assert_clean(self, name, text):
        self.assertEqual(self.faults({name: SPDX + text}), [])

    def test_the_order_of_folders(self):
        order = ["base", "core", "wire", "kafka", "serve/process", "cli"]
        for lower, higher in zip(order, order[1:]):
            self.assert_fault(f"service/{lower}/a.c", f'#include "{higher}/b.h"\n',
                              f"{lower} must not include {higher}")
            self.assert_clean(f"service/{higher}/a.c", f'#include "{lower}/b.h"\n')

    def test_kafka_and_store_do_not_meet(self):
        self.assert_fault("service/kafka/a.c", '#include "store/projection/batch_store.h"\n', "must not include")
        self.assert_fault("service/store/ledger/a.c", '#include "kafka/kafka.h"\n', "must not include")

    def test_what_reads_the_log_again_knows_no_producer(self):
        for folder in ("verify", "rebuild"):
            self.assert_fault(f"service/{folder}/a.c", '#include "kafka/producer.h"\n', "publishes nothing")
            self.assert_clean(f"service/{folder}/a.c", '#include "kafka/log_reader.h"\n')

    def test_angle_brackets_are_no_way_round(self):
        self.assert_fault("service/store/ledger/a.c", "#include <kafka/kafka.h>\n", "must not include")

    def test_core_is_pure(self):
        for name in ("librdkafka/rdkafka.h", "libpq-fe.h", "avro.h", "curl/curl.h", "jansson.h",
                     "pthread.h", "time.h", "sys/time.h", "unistd.h", "threads.h"):
            self.assert_fault("service/core/a.c", f"#include <{name}>\n", "core")
        for name in ("clock.h", "random.h", "log.h", "metrics.h"):
            self.assert_fault("service/core/a.h", f'#include "base/{name}"\n', "core is pure")
        self.assert_clean("service/core/a.c", '#include <string.h>\n#include "base/err.h"\n')

    def test_core_neither_reads_nor_writes(self):
        for code in ("printf(text);", "FILE *file;", "x = getenv(name);", "fputs(text, stderr);",
                     "exit(1);"):
            self.assert_fault("service/core/a.c", f"    {code}\n", "core is pure")
        self.assert_clean("service/core/a.c",
                          '#include <stdio.h>\n    snprintf(text, size, "exit"); // printf\n')

    def test_libraries_stay_in_their_folder(self):
        self.assert_fault("service/cli/a.c", "#include <libpq-fe.h>\n", "library")
        self.assert_fault("service/store/ledger/a.c", "#  include <librdkafka/rdkafka.h>\n", "library")
        self.assert_clean("service/store/ledger/a.c", "#include <libpq-fe.h>\n")

    def test_main_knows_the_command_line_only(self):
        self.assert_fault("service/main.c", '#include "store/projection/batch_store.h"\n', "must not include")
        self.assert_clean("service/main.c", '#include "cli/cli.h"\n')

    def test_a_folder_without_a_place(self):
        self.assert_fault("service/utility/a.c", "#include <stdio.h>\n", "no place")

    def test_no_way_up(self):
        self.assert_fault("service/store/ledger/a.c", '#include "../kafka/kafka.h"\n', "name the folder")

    def test_rooms_within_a_folder_have_an_order_too(self):
        self.assert_fault("service/store/connection/a.c", '#include "store/ledger/b.h"\n',
                          "store/connection must not include store/ledger")
        self.assert_clean("service/store/ledger/a.c", '#include "store/connection/b.h"\n')

    def test_files_that_call_each_other_in_a_circle(self):
        one = "void one(void)\n{\n    other();\n}\n"
        other = "void other(void)\n{\n    one();\n}\n"
        faults = self.faults({"service/base/a.c": SPDX + one, "service/base/b.c": SPDX + other})
        self.assertEqual(faults, ["a circle of files: service/base/a.c service/base/b.c"])
        other = "// one()\nvoid other(void)\n{\n}\n"
        self.assertEqual(self.faults({"service/base/a.c": SPDX + one,
                                      "service/base/b.c": SPDX + other}), [])

    def test_links_of_documents_lead_somewhere(self):
        page = {"docs/operate/page.md": "[another](../other.md#part), [far](https://example.org/x.md)\n"}
        self.assertEqual(self.faults({**page, "docs/other.md": "[here](operate/page.md)\n"}), [])
        self.assertEqual(self.faults(page), ["docs/operate/page.md:1: there is no ../other.md"])
        self.assertEqual(self.faults({"README.md": "[gone](docs/gone.md)\n"}), ["README.md:1: there is no docs/gone.md"])

    def test_a_wish_begins_in_a_file_that_is_there(self):
        wish = {"docs/first-files.md": "| 1 | a wish | `service/base/a.c` |\n"}
        self.assertIn("no file service/base/a.c", self.faults(wish)[0])
        self.assertEqual(self.faults({**wish, "service/base/a.c": SPDX}), [])

    def test_a_crowded_folder(self):
        files = {f"service/base/a{n}.c": SPDX for n in range(house_rules.FOLDER_C_FILES + 1)}
        self.assertIn("C files", self.faults(files)[0])

    def test_licence_line(self):
        self.assertEqual(len(self.faults({"service/base/a.c": "int a;\n"})), 1)
        self.assertEqual(len(self.faults({"tools/a.sh": "#!/bin/sh\necho\n"})), 1)
        self.assertEqual(self.faults({"tools/a.sh": "#!/bin/sh\n# " + SPDX[3:]}), [])

    def test_a_cited_section_of_the_design_exists(self):
        design = {"docs/design.md": "# Design\n\n## 1. One\n\nAs section 2 says.\n\n## 2. Two\n"}
        cited = "// As docs/{}.md, section {} says.\n"
        for name, text, faults in (
                ("service/base/a.c", SPDX + cited.format("design", 2), 0),
                ("service/base/a.c", SPDX + cited.format("design", 3), 1),
                ("service/base/a.c", SPDX + cited.format("other", 3), 0),
                ("service/base/a.h", SPDX + "// (docs/design.md,\n// section {}).\n".format(3), 1),
                ("service/base/a.h", SPDX + "// (docs/design.md, section\n// {}).\n".format(3), 1),
                ("service/base/a.h", SPDX + "// design sections 1 and {}\n".format(3), 1),
                ("CONTRIBUTING.md", "The table of docs/design.md, section {}.\n".format(3), 1),
                ("docs/a.md", "[The table](design.md), section 1 of it.\n", 0)):
            found = self.faults({**design, name: text})
            self.assertEqual(len(found), faults, found)
            for fault in found:
                self.assertIn(f"{name}:", fault)
                self.assertIn("no section 3", fault)
        without = {"docs/design.md": "## 1. One\n\nSection 1, not section 4.\n"}
        self.assertEqual(len(self.faults(without)), 1)
        self.assert_fault("service/base/a.c", cited.format("design", 1), "no section 1")

    def test_sizes(self):
        self.assert_fault("service/base/a.h", "int a;\n" * 500, "501 lines")
        self.assert_clean("service/base/a.h", "int a;\n" * 499)
        body = "int a(void)\n{\n" + "    ;\n" * 79 + "}\n"
        self.assert_fault("service/base/a.c", body, "function of 81 lines")
        self.assert_clean("service/base/a.c", body.replace("    ;\n", "", 1))


if __name__ == "__main__":
    unittest.main()
