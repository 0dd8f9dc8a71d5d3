#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the man pages and the completion of shells when Jobtrail is built.

    manual.py TABLES FOLDER EPOCH      TABLES is what jobtrail_tables prints; EPOCH dates the pages, in seconds

FOLDER, which is made anew, then has man1, man5, bash, zsh and fish.
"""
import gzip
import json
import pathlib
import shutil
import sys
import time

import completion
from roff import bold, escape, italic, item, literal, name, page, paragraphs, prose, section

EXIT_CODES = "Exit codes:"
CONFIGURATION = "/etc/jobtrail/jobtrail.conf"
ORIGIN = "Made of the tables that --help is made of (packaging/manual.py)."


class Pages:
    """Each page by its file's name."""

    def __init__(self, tables, date):
        self.tables, self.date = tables, date

    def all(self):
        yield "jobtrail.1", self.program()
        for command in self.tables["commands"]:
            yield f"jobtrail-{command['name']}.1", self.command(command)
        yield "jobtrail.conf.5", self.configuration()

    def program(self):
        commands = [part for command in self.tables["commands"]
                    for part in item(rf"\fBjobtrail\-{escape(command['name'])}\fR(1)", command["summary"] + ".")]
        return self._page("jobtrail", 1, [
            *name("jobtrail", "shows jobs from events in Kafka, and lets their creators cancel them"),
            *section("SYNOPSIS", [r"\fBjobtrail\fR \fICOMMAND\fR [\fIFLAGS\fR]", ".br", r"\fBjobtrail\fR \fB\-\-version\fR"]),
            *section("DESCRIPTION", prose(
                "Jobtrail reads job lifecycle events from Kafka and keeps one row a job in PostgreSQL. It shows the jobs on "
                "a page, over an HTTP API and on the command line, and publishes a cancel command only when the requester "
                "is the job's creator.")),
            *section("COMMANDS", commands),
            *section("FLAGS", ["These are understood by every command.", *flags(self.tables["common_flags"])]),
            *section("CONFIGURATION", [*prose(self.tables["sources"]), r"They are listed in \fBjobtrail.conf\fR(5)."]),
            *section("EXIT STATUS", prose(exit_codes(self.tables["exit_codes"]))),
            *section("FILES", item(italic(CONFIGURATION), "What the service of the Debian package reads. Other commands read "
                                   f"it when --config {CONFIGURATION} is given.")),
            *section("SEE ALSO", [r"\fBjobtrail.conf\fR(5)"])])

    def command(self, command):
        texts = (command["description"] or "").strip().split("\n\n")
        codes = [text for text in texts if text.startswith(EXIT_CODES)]
        verbs = [part for verb in command["verbs"] for part in item(call(verb), verb["help"] + ".")]
        title = f"jobtrail-{command['name']}"
        return self._page(title, 1, [
            *name(title, command["summary"]),
            *section("SYNOPSIS", list(synopsis(command))),
            *section("DESCRIPTION", paragraphs("\n\n".join(text for text in texts if text not in codes))
                     if texts != [""] else prose(command["summary"] + ".")),
            *section("VERBS", verbs),
            *section("FLAGS", flags(command["flags"] + self.tables["common_flags"])),
            *section("EXIT STATUS", paragraphs("\n\n".join(map(exit_codes, codes)))),
            *section("EXAMPLES", literal(command["example"])),
            *section("SEE ALSO", [r"\fBjobtrail\fR(1), \fBjobtrail.conf\fR(5)"])])

    def configuration(self):
        options = [part for option in self.tables["options"] for part in self._option(option)]
        families = [part for family in self.tables["families"]
                    for part in item(rf"{bold(family['prefix'])}\fINAME\fR", family["prose"])]
        return self._page("jobtrail.conf", 5, [
            *name("jobtrail.conf", "options of jobtrail"),
            *section("DESCRIPTION", [
                *prose("The file that --config names has lines of name = value. A comment is a line of its own that begins "
                       "with # or ;. What could be misread is refused: sections, continued lines, comments behind a value, "
                       "a name that is set twice."),
                ".PP", *prose(self.tables["sources"]),
                ".PP", *prose("Durations are written as 200ms, 10s, 5m, 2h or 7d, sizes as 512, 64KiB, 16MiB or 1GiB, lists "
                              "with commas between their parts. A secret can be given by a file: NAME.file = PATH.")]),
            *section("OPTIONS", options),
            *section("OPTIONS OF LIBRARIES", families),
            *section("SEE ALSO", [r"\fBjobtrail\fR(1), \fBjobtrail\-help\fR(1)"])])

    def _option(self, option):
        default = "" if option["default"] is None else f"; default: {option['default'] or 'empty'}"
        secret = "; secret" if option["secret"] else ""
        return [".TP", bold(option["name"]), *prose(f"({option['range']}{default}{secret})"), ".br", *prose(option["prose"])]

    def _page(self, title, number, lines):
        return page(title, number, self.date, self.tables["version"], ORIGIN, lines)


def exit_codes(text):
    """The sentence without what the heading says."""
    text = text.removeprefix(EXIT_CODES).strip()
    return text[0].upper() + text[1:]


def flags(table):
    lines = []
    for flag in table:
        names = [f"-{flag['letter']}"] if flag["letter"] else []
        label = ", ".join(bold(each) for each in [*names, f"--{flag['name']}"])
        lines += item(f"{label} {italic(flag['value'])}" if flag["value"] else label, flag["prose"] + ".")
    return lines


def call(verb):
    return bold(verb["name"]) + (f" {italic(verb['arguments'])}" if verb["arguments"] else "")


def synopsis(command):
    start = rf"\fBjobtrail\fR \fB{escape(command['name'])}\fR"
    if not command["verbs"]:
        yield f"{start} {escape(command['synopsis'])}".rstrip()
    for place, verb in enumerate(command["verbs"]):
        yield from [".br"] if place else []
        yield rf"{start} {call(verb)} [\fIFLAGS\fR]"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tables = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = pathlib.Path(sys.argv[2])
    date = time.strftime("%Y-%m-%d", time.gmtime(int(sys.argv[3])))
    shutil.rmtree(folder, ignore_errors=True)
    for file, text in Pages(tables, date).all():
        place = folder / f"man{file[-1]}" / f"{file}.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for file, text in completion.scripts(tables):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
