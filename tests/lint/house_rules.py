#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that no compiler checks: who may include whom, the licence line, sizes.

    house_rules.py FOLDER      prints one line a fault and exits with 1 if there is any

Debian puts every library on the include path, so the compiler lets `core` include libpq:
this check does not.
"""
import pathlib
import re
import sys

FILE_LINES = 500
FUNCTION_LINES = 80
SPDX = "SPDX-License-Identifier: Apache-2.0"

# Each folder of service/, and those it may include besides itself.
MAY_INCLUDE = {
    "base": set(),
    "json": {"base"},
    "core": {"base"},
    "wire": {"base", "core", "json"},
    "store": {"base", "core"},
    "fetch": {"base"},
    "registry": {"base", "core", "wire", "fetch"},
    "auth": {"base", "core", "json", "fetch"},
    "kafka": {"base", "core", "wire"},
    "http": {"base", "json", "core", "wire", "store", "auth"},
    "serve": {"base", "core", "json", "wire", "store", "fetch", "registry", "auth", "kafka",
              "http"},
    "client": {"base", "wire", "kafka"},
    "cli": {"base", "core", "json", "wire", "store", "fetch", "registry", "auth", "kafka", "http",
            "serve", "client"},
}
MAIN_MAY_INCLUDE = {"base", "cli"}

# core is pure: what it includes from outside is on this list or is a fault.
CORE_SYSTEM = {
    "assert.h", "errno.h", "inttypes.h", "limits.h", "stdalign.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h", "uthash.h", "utlist.h",
}
# What those headers offer and core must not use: input, output, the environment, the process.
CORE_WORDS = re.compile(
    r"\b(v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror|fopen|fdopen|fread|fwrite|getenv|setenv"
    r"|system|_?[eE]xit|abort|s?rand|random)\s*\(|\b(FILE|stdin|stdout|stderr)\b")
CORE_NOT_FROM_BASE = {"clock.h", "random.h", "log.h", "metrics.h"}

# Libraries, and the folders that may know of them. No other folder may.
LIBRARIES = {
    "librdkafka/": {"kafka"},
    "libpq-fe.h": {"store"},
    "libpq/": {"store"},
    "avro.h": {"wire"},
    "avro/": {"wire"},
    "curl/": {"fetch", "cli"},
    "jansson.h": {"json", "registry", "auth", "wire", "http", "serve", "cli"},
    "cjose/": {"cli"},
    "microhttpd.h": {"http", "serve"},
    "ini.h": {"base"},
    "openssl/": {"base", "auth", "http"},
    "zlib.h": {"http"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCE_SUFFIXES = {".c", ".h"}
# Folders of what is built or fetched, and of bytes that are no text.
NOT_SOURCES = {"__pycache__", "node_modules", "target", "corpus"}
COMMENTED_SUFFIXES = {".c", ".h", ".py", ".sh", ".sql", ".java", ".js", ".css"}


def include_faults(root):
    service = root / "service"
    for path in sorted(service.rglob("*")):
        if path.suffix not in SOURCE_SUFFIXES:
            continue
        folder = path.relative_to(service).parts[0]
        for number, line in enumerate(lines_of(path), 1):
            match = INCLUDE.match(line)
            if match:
                why = include_fault(service, folder, match[1] == "<", match[2])
                if why:
                    yield f"{path.relative_to(root)}:{number}: {why}"


def include_fault(service, folder, system, name):
    """Why this include is wrong, or None."""
    is_main = folder.endswith(".c")
    if not is_main and folder not in MAY_INCLUDE:
        return f"folder '{folder}' has no place in the order of folders (tests/lint)"
    target = name.split("/")[0]
    if "/" in name and target in MAY_INCLUDE:
        allowed = MAIN_MAY_INCLUDE if is_main else MAY_INCLUDE[folder] | {folder}
        if target not in allowed:
            return f"{folder} must not include {target} ({name})"
        if folder == "core" and target == "base" and name.split("/")[1] in CORE_NOT_FROM_BASE:
            return f"core is pure and must not include {name}"
        return None
    if not system and (".." in name or name.startswith("tests/")):
        return f"includes name the folder: {name}"
    for library, folders in LIBRARIES.items():
        if name.startswith(library) and folder not in folders:
            return f"{folder} must not include the library {name}"
    if folder == "core" and system and name not in CORE_SYSTEM:
        return f"core is pure and must not include <{name}>"
    return None


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
    for top in ("service", "include", "tests", "tools", "schemas"):
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and not NOT_SOURCES & set(path.parts):
                yield path
    for name in ("dev", ".ci/run"):
        if (root / name).is_file():
            yield root / name


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


def all_faults(root):
    for rule in (include_faults, core_word_faults, licence_faults, size_faults):
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
