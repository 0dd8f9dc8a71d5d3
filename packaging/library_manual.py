#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the man pages of libjobtrail of its headers' comments when it is built.

    library_manual.py HEADERS FOLDER VERSION EPOCH     EPOCH dates the pages, in seconds

HEADERS is include/jobtrail. FOLDER, which is made anew, then has a page for each header and a link for each function:
jobtrail_job.3.gz, jobtrail_job_open.3.gz. jobtrail.h, which includes the others, is libjobtrail.3.gz.
"""
import gzip
import pathlib
import re
import shutil
import sys
import textwrap
import time

import c_header
from roff import bold, escape, item, literal, name, page, paragraphs, prose, section

ORIGIN = "Made of the comments in include/jobtrail (packaging/library_manual.py)."
WHOLE = "jobtrail/jobtrail.h"
CODE_WIDTH = 72
# How paragraphs of a header's comment are set apart from sentences.
EXAMPLE, TABLE = "    ", "  "


def title_of(header):
    return "libjobtrail" if header.name == WHOLE else "jobtrail_" + pathlib.PurePath(header.name).stem


def names_of(header):
    """By which the page is found."""
    return [title_of(header), *(each.name for each in header.of_kind("function") if each.name != title_of(header))]


def summary_of(header):
    """The first sentence of its comment."""
    sentence = re.match(r".*?(?=\.(?: |$))", " ".join(header.paragraphs[0]))[0]
    return sentence[0].lower() + sentence[1:]


def description(header):
    for lines in header.paragraphs:
        if lines[0].startswith(EXAMPLE):
            yield from literal("\n".join(lines))
        elif lines[0].startswith(TABLE):
            yield from table(lines)
        else:
            yield from paragraphs(" ".join(lines))


def table(lines):
    """Names, each with what it means behind it or in the line below; what goes on is further in."""
    rows = []
    for line in lines:
        begins = re.match(r"  (\S+(?:, \S+)*)(?:  +(.*))?$", line)
        if begins:
            rows.append((begins[1], [begins[2] or ""]))
        else:
            rows[-1][1].append(line.strip())
    for label, text in rows:
        yield from item(bold(label), " ".join(text).strip())


def prototype(code):
    """In lines that end between parameters."""
    whole = re.sub(r"(?<!,) ", "\0", code)
    return "\n".join(textwrap.wrap(whole, CODE_WIDTH, subsequent_indent=" " * 4)).replace("\0", " ")


def synopsis(header):
    yield from literal(f"#include <{header.name}>")
    for each in header.of_kind("callback", "function"):
        yield from literal(prototype(each.code))
    if header.of_kind("function"):
        yield from paragraphs("Build with what pkg-config --cflags --libs jobtrail prints.")


def types(header):
    for each in header.of_kind("struct", "enum"):
        yield from [f".SS {escape(each.name)}", *prose(each.prose)]
        for label, text in each.members:
            yield from item(bold(label), text)


def functions(header, kind):
    for each in header.of_kind(kind):
        yield from item(rf"{bold(each.name)}()", each.prose)


def page_of(header, others, date, version):
    title = title_of(header)
    return page(title, 3, date, version, ORIGIN, [
        *name(", ".join(names_of(header)), summary_of(header)),
        *section("SYNOPSIS", list(synopsis(header))),
        *section("DESCRIPTION", list(description(header))),
        *section("FUNCTIONS", list(functions(header, "function"))),
        *section("CALLBACKS", list(functions(header, "callback"))),
        *section("TYPES", list(types(header))),
        *section("SEE ALSO", [", ".join(rf"\fB{escape(each)}\fR(3)" for each in sorted(others) if each != title)])])


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder, version, epoch = pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    try:
        headers = [c_header.read(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.h"))]
    except c_header.HeaderError as error:
        sys.exit(f"no man page can be made of {error}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    titles = [title_of(header) for header in headers]
    for header in headers:
        text = page_of(header, titles, time.strftime("%Y-%m-%d", time.gmtime(epoch)), version)
        first, *others = [f"{each}.3.gz" for each in names_of(header)]
        (folder / first).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        for other in others:
            (folder / other).symlink_to(first)


if __name__ == "__main__":
    main()
