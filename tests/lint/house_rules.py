#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that no compiler checks: who may include whom, the licence line, sizes, citations, links.

    house_rules.py FOLDER      prints one line a fault and exits with 1 if there is any

Debian puts every library on the include path, so the compiler lets `core` include libpq:
this check does not.
"""
import collections
import pathlib
import re
import sys

FILE_LINES = 500
FUNCTION_LINES = 80
SPDX = "SPDX-License-Identifier: Apache-2.0"

# Each room of service/, and those it may include besides itself: a folder, or a folder within one.
LOW = {"base", "json", "core"}
STORE = {"base", "core", "store/connection"}
SERVE = {"base", "core", "wire", "kafka", "serve/process"}
MAY_INCLUDE = {
    "base": set(),
    "secret": {"base"},
    "json": {"base"},
    "words": {"base"},
    "core": {"base"},
    "wire": LOW,
    "fetch": {"base"},
    "registry": {"base", "core", "wire", "fetch"},
    "auth": LOW | {"fetch"},
    "kafka": {"base", "secret", "core", "wire", "auth"},
    "client": {"base", "secret", "core", "wire", "kafka"},
    "store/connection": {"base", "secret", "core"},
    "store/source": STORE,
    "store/rules": STORE,
    "store/projection": STORE | {"store/rules", "store/source"},
    "store/ledger": STORE | {"store/source"},
    "store/reader": STORE | {"store/ledger"},
    "store/operator": STORE | {"store/source"},
    "store/examine": STORE,
    "store/verify": STORE | {"store/rules", "store/projection"},
    "store/retention": STORE | {"store/rules", "store/projection"},
    "store/rebuild": STORE | {"store/rules"},
    "http": {"base", "json"},
    "view": LOW | {"auth", "http", "store/reader"},
    "live": LOW | {"http", "view", "store/connection", "store/reader"},
    "page": {"base", "auth", "http"},
    "api": LOW | {"words", "auth", "http", "view", "live", "page", "store/reader", "store/ledger"},
    "serve/process": LOW | {"secret", "auth", "fetch", "kafka", "registry", "wire", "page", "view",
                            "api", "store/connection", "store/projection", "store/ledger", "store/retention"},
    "serve/source": SERVE | {"store/source"},
    "serve/projection": SERVE | {"serve/source", "store/rules", "store/projection"},
    "serve/gate": SERVE | {"auth", "serve/source", "store/ledger"},
    "serve/relay": SERVE | {"store/ledger"},
    "serve/letters": SERVE | {"store/operator"},
    "serve/listener": {"base", "http"},
    "serve/operator": {"base", "core", "http", "page", "serve/process", "serve/letters", "serve/listener", "store/operator"},
    "serve/retention": SERVE | {"store/rules", "store/retention"},
    "serve/http": SERVE | {"http", "live", "page", "api", "view", "serve/gate", "store/connection"},
    "serve": SERVE | {"registry", "http", "serve/source", "serve/projection", "serve/gate",
                      "serve/relay", "serve/retention", "serve/http", "serve/operator", "serve/listener"},
    "doctor": {"base", "core", "wire", "kafka", "fetch", "registry", "auth", "http", "serve/process",
               "serve/source", "store/connection", "store/reader", "store/examine"},
    "verify": {"base", "core", "wire", "kafka", "serve/process", "serve/source", "store/connection", "store/rules", "store/verify"},
    "rebuild": {"base", "core", "kafka", "serve/process", "store/connection", "store/rules", "store/projection", "store/verify",
                "store/rebuild", "verify"},
    "cli/terminal": LOW | {"serve/process"},
    "cli/session": LOW | {"auth", "fetch", "cli/terminal"},
    "cli/api": LOW | {"words", "auth", "fetch", "cli/session", "cli/terminal"},
    "cli/login": LOW | {"auth", "fetch", "http", "cli/api", "cli/session", "cli/terminal"},
    "cli/jobs": LOW | {"words", "cli/api", "cli/terminal"},
    "cli/emit": LOW | {"wire", "kafka", "serve/process", "cli/terminal"},
    "cli/operate": LOW | {"wire", "fetch", "kafka", "serve/process", "serve/letters", "serve", "doctor", "verify", "rebuild", "store/ledger", "store/operator", "store/rules", "store/retention", "cli/api",
                          "cli/terminal"},
    "cli/token": LOW | {"auth", "cli/api", "cli/terminal"},
    "cli": {"base", "serve/process", "cli/terminal"},
    "manual": {"base", "serve/process", "cli/terminal"},
}
# What reads the log again publishes nothing: these folders do not even know what can.
PUBLISHES_NOTHING = {"verify", "rebuild", "store/verify", "store/rebuild", "store/projection"}
PUBLISHERS = {"kafka/producer.h", "store/ledger/outbox.h"}
MAIN_MAY_INCLUDE = {"base", "cli"}
# More C files than this, and a folder is no longer one idea.
FOLDER_C_FILES = 25

# core is pure: what it includes from outside is on this list or is a fault.
CORE_SYSTEM = {
    "assert.h", "errno.h", "inttypes.h", "limits.h", "stdalign.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h", "uthash.h", "utlist.h",
}
# What those headers offer and core must not use: input, output, the environment, the process.
CORE_WORDS = re.compile(
    r"\b(v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror|fopen|fdopen|fread|fwrite|getenv|setenv"
    r"|system|_?[eE]xit|abort|s?rand|random)\s*\(|\b(FILE|stdin|stdout|stderr)\b")
CORE_NOT_FROM_BASE = {"backoff.h", "clock.h", "condition.h", "log.h", "metrics.h", "random.h",
                      "wake.h"}

# Libraries, and the folders that may know of them. No other folder may.
LIBRARIES = {
    "librdkafka/": {"kafka"},
    "libpq-fe.h": {"store"},
    "libpq/": {"store"},
    "avro.h": {"wire"},
    "avro/": {"wire"},
    "curl/": {"fetch"},
    "jansson.h": {"json", "registry", "auth", "wire", "http", "view", "live", "api", "page", "serve",
                  "doctor", "cli", "manual"},
    "cjose/": {"cli"},
    "microhttpd.h": {"live", "serve/http", "serve"},
    "ini.h": {"base"},
    "openssl/": {"base", "auth", "http", "doctor"},
    "zlib.h": {"http", "wire", "client"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
WORD = re.compile(r"\w+")
SOURCE_SUFFIXES = {".c", ".h"}
# Folders of what is built or fetched, and of bytes that are no text.
NOT_SOURCES = {"__pycache__", "node_modules", "target", "corpus"}
COMMENTED_SUFFIXES = {".c", ".h", ".py", ".sh", ".sql", ".java", ".js", ".css"}

# A section of the design is cited as "docs/design.md, section N", also over two lines of a comment.
DESIGN = "docs/design.md"
CITING_SUFFIXES = COMMENTED_SUFFIXES | {".md", ".pml", ".yaml"}
CITATION = re.compile(r"design(?:\.md)?,?\s+(?:(?://|#|--|\*)\s+)?sections?\s+(?:(?://|#|--|\*)\s+)?"
                      r"(\d+)(?:\s+and\s+(\d+))?")
OWN_CITATION = re.compile(r"\bsection\s+(\d+)()", re.IGNORECASE)


def include_faults(root):
    service = root / "service"
    for path in sorted(service.rglob("*")):
        if path.suffix not in SOURCE_SUFFIXES:
            continue
        folder = path.parent.relative_to(service).as_posix()
        for number, line in enumerate(lines_of(path), 1):
            match = INCLUDE.match(line)
            if match:
                why = include_fault(service, folder, match[1] == "<", match[2])
                if why:
                    yield f"{path.relative_to(root)}:{number}: {why}"


def include_fault(service, folder, system, name):
    """Why this include is wrong, or None."""
    is_main = folder == "."
    if not is_main and folder not in MAY_INCLUDE:
        return f"folder '{folder}' has no place in the order of folders (tests/lint)"
    target = str(pathlib.PurePosixPath(name).parent)
    if target in MAY_INCLUDE:
        allowed = MAIN_MAY_INCLUDE if is_main else MAY_INCLUDE[folder] | {folder}
        if target not in allowed:
            return f"{'main.c' if is_main else folder} must not include {target} ({name})"
        if folder in PUBLISHES_NOTHING and name in PUBLISHERS:
            return f"{folder} publishes nothing and must not include {name}"
        if folder == "core" and target == "base" and name.split("/")[1] in CORE_NOT_FROM_BASE:
            return f"core is pure and must not include {name}"
        return None
    if not system and (".." in name or name.startswith("tests/")):
        return f"includes name the folder: {name}"
    top = folder.split("/")[0]
    for library, folders in LIBRARIES.items():
        if name.startswith(library) and not folders & {top, folder}:
            return f"{folder} must not include the library {name}"
    if folder == "core" and system and name not in CORE_SYSTEM:
        return f"core is pure and must not include <{name}>"
    return None


def circle_faults(root):
    """Files of service/ that call each other in a circle."""
    texts = {path.relative_to(root).as_posix(): code_of(path)
             for path in sorted((root / "service").rglob("*.c"))}
    home = {name: path for path, text in texts.items() for name in defined_names(text)}
    needs = {path: {home[word] for word in set(WORD.findall(text)) & home.keys()} - {path}
             for path, text in texts.items()}
    for circle in circles(needs):
        yield f"a circle of files: {' '.join(circle)}"


def code_of(path):
    """The lines without comments and texts."""
    return "\n".join(re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])
                     for line in lines_of(path))


def defined_names(text):
    """The functions that other files can call. The layout is fixed (clang-format)."""
    head = []
    for line in text.splitlines():
        if line == "{" and head and not head[0].startswith("static"):
            name = re.search(r"(\w+)\(", " ".join(head))
            if name:
                yield name[1]
        head = [] if not line or line[-1] in ";}{" or line[0] == "#" else head + [line]


def circles(needs):
    """The sets of units of which each can be reached from each."""
    reached = {unit: reachable(unit, needs) for unit in needs}
    told = set()
    for unit in sorted(needs):
        circle = sorted(other for other in reached[unit] if unit in reached[other])
        if len(circle) > 1 and unit not in told:
            told.update(circle)
            yield circle


def reachable(unit, needs):
    found, todo = set(), [unit]
    while todo:
        for other in needs.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def crowd_faults(root):
    counts = collections.Counter(path.parent for path in (root / "service").rglob("*.c"))
    for folder, count in sorted(counts.items()):
        if count > FOLDER_C_FILES:
            yield f"{folder.relative_to(root)}: {count} C files, {FOLDER_C_FILES} are the most"


def core_word_faults(root):
    for path in sorted((root / "service/core").rglob("*.[ch]")):
        for number, line in enumerate(lines_of(path), 1):
            code = re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])
            match = CORE_WORDS.search(code)
            if match:
                yield f"{path.relative_to(root)}:{number}: core is pure and must not use {match[0]}"


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def files_of(root):
    """Every source of ours, without what is built or fetched."""
    for top in ("service", "include", "clients", "tests", "tools", "schemas", "packaging"):
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and not NOT_SOURCES & set(path.parts):
                yield path
    for name in ("dev", ".ci/run"):
        if (root / name).is_file():
            yield root / name


def documents_of(root):
    yield from sorted(root.glob("*.md"))
    yield from sorted((root / "docs").rglob("*.md"))
    yield from sorted((root / "schemas").glob("*.md"))


def link_faults(root):
    """Links of a document to a file that is not there."""
    for path in documents_of(root):
        for number, line in enumerate(lines_of(path), 1):
            for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)", line):
                if not (path.parent / target).exists():
                    yield f"{path.relative_to(root)}:{number}: there is no {target}"


def citation_faults(root):
    """Citations of a section that the design does not have."""
    design = root / DESIGN
    text = design.read_text(encoding="utf-8") if design.is_file() else ""
    sections = set(re.findall(r"^## (\d+)\. ", text, re.MULTILINE))
    for path in [*files_of(root), *documents_of(root)]:
        if path.suffix not in CITING_SUFFIXES:
            continue
        text = path.read_text(encoding="utf-8")
        # Within the design "section N" is one of its own.
        pattern = OWN_CITATION if path == design else CITATION
        for match in pattern.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            for section in sorted({match[1], match[2]} - sections - {None, ""}):
                yield f"{path.relative_to(root)}:{number}: {DESIGN} has no section {section}"


def licence_faults(root):
    for path in files_of(root):
        if path.suffix not in COMMENTED_SUFFIXES and path.name not in ("dev", "run"):
            continue
        head = [line for line in lines_of(path)[:2] if not line.startswith("#!")]
        if not head or SPDX not in head[0]:
            yield f"{path.relative_to(root)}:1: the first line is not '{SPDX}'"


def size_faults(root):
    for path in files_of(root):
        if path.suffix not in SOURCE_SUFFIXES | {".py", ".sh", ".js", ".java", ".cmake", ""}:
            continue
        lines = lines_of(path)
        if len(lines) > FILE_LINES:
            yield f"{path.relative_to(root)}: {len(lines)} lines, {FILE_LINES} are the most"
        if path.suffix == ".c":
            for number, length in long_functions(lines):
                yield (f"{path.relative_to(root)}:{number}: a function of {length} lines, "
                       f"{FUNCTION_LINES} are the most")


def long_functions(lines):
    """The layout is fixed (clang-format): a function's body opens and closes in column 0."""
    begin = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number
        elif line == "}" and begin is not None:
            if number - begin + 1 > FUNCTION_LINES:
                yield begin, number - begin + 1
            begin = None


def first_file_faults(root):
    """docs/first-files.md names files that are there."""
    path = root / "docs/first-files.md"
    if path.is_file():
        for number, line in enumerate(lines_of(path), 1):
            for name in re.findall(r"`(service/[^`]+)`", line):
                if not (root / name).is_file():
                    yield f"docs/first-files.md:{number}: there is no file {name}"


def all_faults(root):
    for rule in (include_faults, circle_faults, crowd_faults, core_word_faults, citation_faults, licence_faults,
                 size_faults, first_file_faults, link_faults):
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
