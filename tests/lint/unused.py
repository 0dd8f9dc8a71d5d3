#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is declared and never happens: a metric that nothing counts, an option that nothing reads,
an answer that nothing gives, a function that nothing calls.

    unused.py FOLDER      prints one line a fault and exits with 1 if there is any

No compiler sees these. Each rule reads the sources as the house lays them out (clang-format), and
holds one list against what the rest of service/ does with it. unused_files.py has the rules about
what is no C: queries, columns, words of the page, exit codes that are documented.
"""
import pathlib
import re
import sys

TEXT_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*')
TEXT = re.compile(r'"((?:\\.|[^"\\\n])*)"')
WORD = re.compile(r"\w+")

# Called by the tests alone, and why that is so.
FOR_TESTS = {
    "metrics_read": "a test asks what was counted without taking the exposition apart",
}
# Nobody calls them by name in C.
ENTRIES = {"main"}

# Enums of which each value stands for something that happens: (file, enum, file of their names).
# Each value is used in another file than these.
HAPPENINGS = (
    ("serve/process/meters.h", "meter", "serve/process/meters.c"),
    ("serve/process/meters.h", "event_outcome", "serve/process/meters.c"),
    ("serve/process/meters.h", "batch_outcome", "serve/process/meters.c"),
    ("serve/process/meters.h", "rebalance_kind", "serve/process/meters.c"),
    ("serve/process/meters.h", "stream_ending", "serve/process/meters.c"),
    ("store/projection/batch_store.h", "store_round_trip", "store/projection/batch_store.c"),
    ("store/ledger/outbox.h", "outbox_kind", "store/ledger/outbox.c"),
    ("live/hub_observer.h", "hub_event", "serve/http/http_part.c"),
    ("core/cancel.h", "cancel_reason_code", "core/cancel.c"),
    ("http/problem.h", "problem", "http/problem.c"),
    ("cli/terminal/exit_code.h", "exit_code", None),
)

# Members of the configuration that only config.c looks at, and why.
WITHIN_CONFIG = {
    "bootstrap_servers": "the clients of Kafka take it with every other kafka.*",
}

# The rooms in which a POISON ends as a dead letter; elsewhere it refuses a token or a key.
DEAD_LETTER_ROOMS = ("core", "wire", "registry", "store", "serve")
# Becomes a dead letter without being POISON: after a while (core/patience.h).
HELD = {"SCHEMA_UNKNOWN"}
REASON = re.compile(r'"([A-Z][A-Z_]{2,}\d?)"')
COMPARED = re.compile(r'reason, "[A-Z_]+"\)')
OF_OTHERS = re.compile(r'\b(?:RETRY|FENCED|FATAL),\s*(?:(?:true|false),\s*)?"\w+"')
LIST_OF_TEXTS = re.compile(r"const char \*const \w+\[\w*\] = \{[^}]*\};")


# Which reasons have an exit code of their own.
EXIT_CODES = "cli/cli.c"


class Sources:
    """The C files of service/ by their path in it, without comments."""

    def __init__(self, root):
        self.files = {}
        for path in sorted((root / "service").rglob("*.[ch]")):
            text = path.read_text(encoding="utf-8")
            self.files[path.relative_to(root / "service").as_posix()] = TEXT_OR_COMMENT.sub(
                lambda match: match[0] if match[0][0] == '"' else "", text)
        self.bare = {path: TEXT.sub('""', text) for path, text in self.files.items()}
        # What others call.
        self.public = {word for path in (root / "include").rglob("*.h")
                       for word in WORD.findall(path.read_text(encoding="utf-8"))}
        self.counts = {}
        for text in self.bare.values():
            for word in WORD.findall(text):
                self.counts[word] = self.counts.get(word, 0) + 1

    def is_used_besides(self, word, *paths):
        pattern = re.compile(rf"\b{word}\b")
        return any(pattern.search(text) for path, text in self.bare.items() if path not in paths)

    def texts_besides(self, *paths):
        return {text for path, code in self.files.items() if path not in paths
                for text in TEXT.findall(code)}


def functions(code):
    """The functions that other files can call; the layout is fixed."""
    head = []
    for line in code.splitlines():
        if line == "{" and head and not head[0].startswith("static"):
            name = re.search(r"(\w+)\(", " ".join(head))
            if name:
                yield name[1]
        head = [] if not line or line[-1] in ";}{" or line[0] == "#" else head + [line]


def function_faults(sources):
    """A definition and a declaration, and nobody who calls."""
    for path, code in sources.bare.items():
        for name in functions(code) if path.endswith(".c") else ():
            if sources.counts[name] <= 2 and name not in FOR_TESTS.keys() | ENTRIES | sources.public:
                yield f"service/{path}: nothing calls {name}()"


def enums(code):
    """The name ("" for none) and the values of each."""
    for name, body in re.findall(r"\benum\b ?(\w*) ?\{([^{}]*)\}", code):
        yield name, re.findall(r"(?:^|,)\s*([A-Za-z_]\w*)", body)


def enumerator_faults(sources):
    """The first is what zeros mean; each other one is written somewhere."""
    told = {(path, enum) for path, enum, _ in HAPPENINGS}
    for path, code in sources.bare.items():
        for enum, values in enums(code):
            for value in values[1:] if (path, enum) not in told else ():
                if sources.counts[value] == 1:
                    yield f"service/{path}: nothing uses {value}"


def happening_faults(sources):
    for path, enum, names in HAPPENINGS:
        values = dict(enums(sources.bare.get(path, ""))).get(enum)
        if not values:
            yield f"service/{path}: there is no enum {enum} (tests/lint/unused.py)"
            continue
        if values[-1].endswith("S"):
            values = values[:-1] # how many there are
        for value in values:
            if not sources.is_used_besides(value, path, names):
                yield f"service/{path}: {value} never happens"


def option_faults(sources):
    """Each option is read, and each member of the configuration is used."""
    table, config = "serve/process/option_table.c", "serve/process/config.h"
    read = sources.texts_besides(table)
    for name in re.findall(r'\.name = "([^"]+)"', sources.files.get(table, "")):
        if name not in read:
            yield f"service/{table}: nothing reads the option {name}"
    for struct, body in re.findall(r"struct (\w+) \{(.*?)\n\};", sources.bare.get(config, ""),
                                   re.DOTALL):
        body = re.sub(r"\{[^{}]*\}", "", body) # an enum's values
        for member in re.findall(r"(\w+)(?=[,;])", body):
            used = any(re.search(rf"(?:\.|->){member}\b", text)
                       for path, text in sources.bare.items()
                       if path not in (config, "serve/process/config.c"))
            if not used and member not in WITHIN_CONFIG:
                yield f"service/{config}: nothing uses {struct}.{member}"


def flag_faults(sources):
    """Each flag of a command is named once more than where it is described."""
    row = re.compile(r'\{\s*"([a-z][a-z-]*)",\s*(?:NULL|"[^"a-z]*"),\s*"')
    flags, texts = {}, {}
    for path, code in sources.files.items():
        if path.startswith("cli/"):
            code = code.replace("\\\n", "")
            for name in row.findall(code):
                flags.setdefault(name, []).append(path)
            for text in TEXT.findall(code):
                texts[text] = texts.get(text, 0) + 1
    for name, paths in flags.items():
        if texts[name] <= len(paths):
            yield f"service/{paths[0]}: nothing reads --{name}"


def poison_faults(sources):
    """The reasons of core/poison.c are those for which there are dead letters."""
    table = "core/poison.c"
    listed = set(REASON.findall(sources.files.get(table, "")))
    made = set(HELD)
    for path, code in sources.files.items():
        if path.startswith(DEAD_LETTER_ROOMS) and path != table and "POISON" in code:
            reasons = REASON.findall(
                OF_OTHERS.sub("", COMPARED.sub("", LIST_OF_TEXTS.sub("", code))))
            made.update(reasons)
            for reason in sorted(set(reasons) - listed):
                yield f"service/{path}: the reason {reason} is missing in {table}"
    if listed:
        for reason in sorted(listed - made - {"OTHER"}):
            yield f"service/{table}: there is no dead letter for {reason}"


def awaited_reason_faults(sources):
    """A reason that is compared with, or has an exit code of its own, is one that something gives."""
    given = {text for path, code in sources.files.items() if path != EXIT_CODES
             for text in TEXT.findall(COMPARED.sub("", code))}
    for path, code in sources.files.items():
        texts = code if path == EXIT_CODES else " ".join(COMPARED.findall(code))
        for reason in sorted(set(REASON.findall(texts)) - given):
            yield f"service/{path}: nothing fails with the reason {reason}"


def all_faults(root):
    sources = Sources(root)
    for rule in (function_faults, enumerator_faults, happening_faults, option_faults, flag_faults,
                 poison_faults, awaited_reason_faults):
        yield from rule(sources)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    faults = list(all_faults(pathlib.Path(sys.argv[1])))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
