# SPDX-License-Identifier: Apache-2.0
"""A header of include/jobtrail, read for its man page: what it declares, and what its comments say of that.

They are written alike: a comment on the header behind the licence, one right before each declaration, one behind each
member, which may go on in lines of its own. A function without a comment is an error.
"""
import dataclasses
import pathlib
import re

EXPORT = "JOBTRAIL_API "
BRACED = re.compile(r"(?:struct|enum) \w+ \{$")
NAME = {"function": re.compile(r"(\w+)\("), "callback": re.compile(r"typedef \w+ (\w+)\("),
        "struct": re.compile(r"(struct \w+)"), "enum": re.compile(r"(enum \w+)")}
MEMBER = re.compile(r"    (?P<label>[^/ ][^/]*?)[;,](?:\s*// (?P<prose>.*))?$")
MEMBER_GOES_ON = re.compile(r"\s+// (?P<prose>.*)$")


class HeaderError(Exception):
    """No page can be made of it."""


@dataclasses.dataclass
class Declaration:
    kind: str  # of NAME; callback: a type of functions
    name: str
    code: str
    prose: str
    members: list  # of a struct or an enum: (label, prose)


@dataclasses.dataclass
class Header:
    name: str         # as it is included, "jobtrail/job.h"
    paragraphs: list  # of its comment, each a list of lines
    declarations: list

    def of_kind(self, *kinds):
        return [each for each in self.declarations if each.kind in kinds]


def read(path):
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    name = "/".join(pathlib.Path(path).parts[-2:])
    guard = next(number for number, line in enumerate(lines) if line.startswith("#ifndef"))
    paragraphs = [[]]
    for line in map(uncommented, lines[1:guard]):
        if line:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([])
    try:
        return Header(name, paragraphs, list(declarations(lines[guard:])))
    except HeaderError as error:
        raise HeaderError(f"{name}: {error}") from error


def uncommented(line):
    return line.removeprefix("//").removeprefix(" ")


def declarations(lines):
    comment, code, in_macro = [], [], False
    for line in lines:
        if in_macro or line.startswith("#"):
            in_macro = line.endswith("\\")
        elif code or line.startswith((EXPORT, "typedef ")) or BRACED.match(line):
            code.append(line)
            if line == "};" or (line.endswith(";") and not BRACED.match(code[0])):
                yield declaration(code, " ".join(comment))
                comment, code = [], []
        elif line.startswith("//"):
            comment.append(uncommented(line))
        else:
            comment = []


def declaration(code, prose):
    kind = "function" if code[0].startswith(EXPORT) else "callback" if code[0].startswith("typedef") else code[0].split()[0]
    text = "\n".join(code).removeprefix(EXPORT)
    name = NAME[kind].search(text)
    if not name:
        raise HeaderError(f"not understood: {text}")
    if kind in ("function", "callback"):
        if not prose:
            raise HeaderError(f"{name[1]} has no comment of its own")
        return Declaration(kind, name[1], " ".join(text.split()), prose, [])
    return Declaration(kind, name[1], text, prose, list(members(code[1:-1])))


def members(lines):
    label, prose = None, []
    for line in lines:
        begins, goes_on = MEMBER.match(line), MEMBER_GOES_ON.match(line)
        if begins:
            if label:
                yield label, " ".join(prose)
            label, prose = begins["label"], [begins["prose"]] if begins["prose"] else []
        elif goes_on and label:
            prose.append(goes_on["prose"])
        else:
            raise HeaderError(f"not understood: {line}")
    yield label, " ".join(prose)
