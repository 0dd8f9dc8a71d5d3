#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The binary interface of libjobtrail, and what it may not change into.

    abi.py BUILD      writes down the one of the library in that build folder, for a tag

What is written down (libjobtrail.abi.xml) is that of the last tag. Functions may be added; so may members at the end of
a struct of GROWING. Whatever else changes breaks programs that are there, and wants another soname: then it is written
down anew. With the same soname it is not, where that would break something; of an interface that was in no tag yet,
remove the file before.

All of it is in the headers: it is taken from a library whose functions do nothing.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
import c_header  # pylint: disable=wrong-import-position

HEADERS = ROOT / "include"
EXPORTS = ROOT / "service/client/exports.map"
KNOWN = pathlib.Path(__file__).parent / "libjobtrail.abi.xml"
# Who has one says how large it is, or got it of the library.
GROWING = ("cancel_request", "command", "commands_counts", "counts", "delivery", "details")
IGNORE_GROWING = f"[suppress_type]\n  name_regexp = ^jobtrail_({'|'.join(GROWING)})$\n"
WITHOUT_PLACES = ("--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-architecture", "--no-elf-needed")


def run(*command, folder=None):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          cwd=folder)


def soname(library):
    return re.search(r"\(SONAME\).*\[(.*)\]", run("readelf", "-d", library).stdout)[1]


def soname_known():
    return re.search(r" soname='(.*?)'", KNOWN.read_text(encoding="utf-8"))[1]


def functions(header):
    """Those that it declares, and others whose types have what programs rely on besides."""
    for each in header.of_kind("function"):
        yield each.code.removesuffix(";")
    for each in header.of_kind("struct", "enum"):
        name = each.name.split()[1]
        yield f"void {name}_is_used({each.name} *one)"
        if name.removeprefix("jobtrail_") in GROWING:
            yield from of_members(each.name, name, ",".join(label for label, _ in each.members))


def of_members(struct, name, labels):
    """What abidiff says of a struct is ignored where it may grow: it cannot tell growth from other changes
    (findings/abidiff_suppression_of_growth_hides_other_changes.sh)."""
    for label in labels.split(","):
        member = re.search(r"\w+$", label)[0]
        yield f"__typeof__((({struct} *)0)->{member}) *{name}_{member}_type(void)"
        yield f"char (*{name}_{member}_place(void))[__builtin_offsetof({struct}, {member}) + 1]"


def compile_headers(include, name, folder):
    """A library of that soname with the functions of the headers in include/jobtrail."""
    lines = ["#include <jobtrail/jobtrail.h>"]
    for path in sorted((include / "jobtrail").glob("*.h")):
        lines += [f"{function} {{ __builtin_trap(); }}" for function in functions(c_header.read(path))]
    (folder / "functions.c").write_text("\n".join([*lines, ""]), encoding="utf-8")
    done = run("cc", "-std=c11", "-g", "-shared", "-fPIC", f"-I{include}", f"-Wl,-soname,{name}",
               f"-Wl,--version-script={EXPORTS}", "functions.c", "-o", name, folder=folder)
    assert done.returncode == 0, done.stdout
    return folder / name


def breaks(library):
    """What of the known interface is not so any more, in abidiff's words; or nothing."""
    ignore = library.parent / "growing.abignore"
    ignore.write_text(IGNORE_GROWING, encoding="utf-8")
    done = run("abidiff", "--no-added-syms", "--no-architecture", "--suppressions", ignore, KNOWN, library)
    return done.stdout if done.returncode else ""


def write_down(library):
    done = run("abidw", *WITHOUT_PLACES, "--type-id-style", "hash", "--out-file", KNOWN, library)
    assert done.returncode == 0, done.stdout


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    built = pathlib.Path(sys.argv[1]) / "lib/libjobtrail.so"
    with tempfile.TemporaryDirectory() as folder:
        library = compile_headers(HEADERS, soname(built), pathlib.Path(folder))
        if KNOWN.exists() and soname(built) == soname_known() and breaks(library):
            sys.exit(f"{breaks(library)}\nthis breaks programs, and needs another soname (JOBTRAIL_SONAME in service/client/CMakeLists.txt)")
        write_down(library)


if __name__ == "__main__":
    main()
