#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What files other than C have and nothing uses: a query that nobody asks, a column that nothing
writes, words that the page never says, an exit code or a problem that is not documented.

    unused_files.py FOLDER      prints one line a fault and exits with 1 if there is any
"""
import pathlib
import re
import sys

import unused

# A template of queries and what is made of it (cmake/queries.cmake).
TEMPLATES = {".both_ways": ("{}_asc", "{}_desc"), ".both_logs": ("{}", "cancel_{}")}
POSITIONS = ("jobtrail_p1.source_position", "jobtrail.cancel_position")

WROTE = re.compile(
    r"INSERT INTO (?P<into>[\w.@]+)(?: AS \w+)? ?\((?P<columns>[^)]*)\)"
    r"|UPDATE (?P<update>[\w.@]+)(?: AS \w+)?\s+SET (?P<set>.*?)(?:\bFROM\b|\bWHERE\b|$)"
    r"|DO UPDATE\s+SET (?P<conflict>.*?)(?:\bWHERE\b|$)", re.DOTALL)
ASSIGNED = re.compile(r"(\w+)\s*=")
# PostgreSQL fills these by itself.
BY_ITSELF = re.compile(r"GENERATED|DEFAULT now\(\)|DEFAULT true")
# People fill these.
BY_HAND = {"jobtrail.reader_organization"}

BROWSER = "service/page/browser"
# What follows a prefix is put together when the page runs: t(`status.${status}`).
PUT_TOGETHER = re.compile(r"[\"'`]([\w.]+\.)(?:\$\{|[\"'] \+)")

EXIT_CODES = "service/cli/terminal/exit_code.h"


def text_of(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def queries(root):
    """(path, name in C) of every query; a template has two."""
    for path in sorted((root / "service").rglob("queries/*.sql")):
        name = path.name.removesuffix(".sql")
        stem, dot, kind = name.partition(".")
        for made in TEMPLATES[dot + kind] if dot else ("{}",):
            yield path, made.format(stem)


def query_faults(root):
    asked = unused.Sources(root).texts_besides()
    for path, name in queries(root):
        if name not in asked:
            yield f"{path.relative_to(root)}: nothing asks {name}"


def statements(path):
    return re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))


def columns(root):
    """{table: {column: path}} of those that somebody has to write."""
    tables = {}
    for path in sorted((root / "schemas/sql").glob("*.sql")):
        text = statements(path)
        for table, body in re.findall(r"CREATE TABLE ([\w.]+) \((.*?)\n\)", text, re.DOTALL):
            for line in body.splitlines():
                match = re.match(r"    ([a-z_]+) +[a-z]", line)
                if match and not BY_ITSELF.search(line):
                    tables.setdefault(table, {})[match[1]] = path
        for table, column in re.findall(r"ALTER TABLE ([\w.]+) ADD COLUMN (\w+)", text):
            tables.setdefault(table, {})[column] = path
    return tables


def written(root):
    """{table: columns} of all queries."""
    tables = {}
    for path in sorted((root / "service").rglob("queries/*.sql")):
        into = None
        for match in WROTE.finditer(statements(path)):
            into = match["into"] or match["update"] or into
            names = (re.findall(r"\w+", match["columns"]) if match["columns"]
                     else ASSIGNED.findall(match["set"] or match["conflict"]))
            for table in POSITIONS if into == "@POSITIONS@" else (into,):
                tables.setdefault(table, set()).update(names)
    return tables


def column_faults(root):
    wrote = written(root)
    for table, names in columns(root).items():
        if table in BY_HAND:
            continue
        for column, path in names.items():
            if column not in wrote.get(table, ()):
                yield f"{path.relative_to(root)}: nothing writes {table}.{column}"


def word_faults(root):
    """A key is in the page's modules as it is, or put together of a prefix there and of words that
    are in the page or in the service."""
    browser = root / BROWSER
    modules = "\n".join(text_of(path) for path in sorted(browser.glob("*.js"))
                        if not path.name.startswith("words_"))
    prefixes = set(PUT_TOGETHER.findall(modules))
    said = set(re.findall(r"[\"'`]([\w.]+)[\"'`]", modules))
    known = set(re.findall(r"\w+", modules)) | {
        word for text in unused.Sources(root).texts_besides() for word in re.findall(r"\w+", text)}
    for key in re.findall(r'^ +"([\w.]+)":', text_of(browser / "words_en.js"), re.MULTILINE):
        made = any(key.startswith(prefix) and set(key.removeprefix(prefix).split(".")) <= known
                   for prefix in prefixes)
        if key not in said and not made:
            yield f"{BROWSER}/words_en.js: the page never says {key}"


def exit_code_faults(root):
    """The codes that --help names are those that there are."""
    there = {int(code) for code in re.findall(r"= (\d+),", text_of(root / EXIT_CODES))}
    told = set()
    for path in sorted((root / "service/cli").rglob("*.[ch]")):
        code = text_of(path)
        texts = re.findall(r'("Exit codes:.*?),\n', code, re.DOTALL)
        texts += re.findall(r"#define API_EXIT_CODES((?:.*\\\n)*.*)", code)
        for text in texts:
            text = "".join(unused.TEXT.findall(text)).replace("\\n", " ")
            numbers = {int(number) for number in re.findall(r"\b\d{1,3}\b", text)}
            told |= numbers
            for number in sorted(numbers - there):
                yield f"{path.relative_to(root)}: the exit code {number} is none"
    for number in sorted(there - told):
        yield f"{EXIT_CODES}: no --help tells of {number}"


def problem_faults(root):
    """The problems of problem.c are those of the API's definition."""
    table, definition = "service/http/problem.c", "schemas/openapi.yaml"
    prefixes = dict(re.findall(r'#define (\w+)\s+"([^"]+)"', text_of(root / table)))
    made = {prefixes[prefix] + name: status for status, prefix, name in
            re.findall(r'\{(\d+), (\w+) "([\w-]+)"', text_of(root / table))}
    documented = text_of(root / definition)
    for problem, status in sorted(made.items()):
        if f"- {status} `{problem}`" not in documented:
            yield f"{definition}: the problem {status} {problem} is not documented"
    for problem in sorted(set(re.findall(r"urn:jobtrail:problem:[\w-]+", documented))):
        if problem not in made:
            yield f"{definition}: nothing answers {problem}"
    for status in sorted(set(re.findall(r"'([45]\d\d)':", documented)) - set(made.values())):
        yield f"{definition}: no problem has the status {status}"


def all_faults(root):
    for rule in (query_faults, column_faults, word_faults, exit_code_faults, problem_faults):
        yield from rule(root)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    faults = list(all_faults(pathlib.Path(sys.argv[1])))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
