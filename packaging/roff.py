# SPDX-License-Identifier: Apache-2.0
"""Text as roff reads it, and the parts that every man page of ours is made of."""
import re
import textwrap

WIDTH = 78
# Names of options are not broken, and lines are not stretched.
UNDIVIDED = [".nr HY 0", ".nh", ".ad l"]
ESCAPES = {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"}


def escape(text):
    """Each character stands for itself, also for whoever copies it out of the page."""
    return "".join(ESCAPES.get(each) or (each if each.isascii() else rf"\[u{ord(each):04X}]") for each in text)


def line(text):
    """A line of text that is taken for no request."""
    return r"\&" + text if text.startswith((".", "'")) else text


def bold(text):
    return rf"\fB{escape(text)}\fR"


def italic(text):
    return rf"\fI{escape(text)}\fR"


def prose(text):
    """Sentences, filled by whoever shows them; each begins a line, as roff wants it."""
    lines = []
    for sentence in re.split(r"(?<=[^.][.!?]) ", " ".join(text.split())):
        lines += textwrap.wrap(escape(sentence), WIDTH, break_long_words=False, break_on_hyphens=False)
    return [line(each) for each in lines]


def literal(text):
    """Lines as they are, to be copied."""
    return [".PP", ".RS 4", ".EX", *(line(escape(each)) for each in textwrap.dedent(text).splitlines()), ".EE", ".RE"]


def name(title, summary):
    """The section that whatis and apropos read."""
    return section("NAME", textwrap.wrap(rf"{escape(title)} \- {escape(summary)}", WIDTH, break_on_hyphens=False))


def paragraphs(text):
    """What blank lines divide."""
    lines = []
    for paragraph in text.split("\n\n"):
        lines += [".PP", *prose(paragraph)]
    return lines


def item(label, text):
    """label: roff; text: ours."""
    return [".TP", label, *prose(text)]


def section(title, lines):
    """Without the mark of a paragraph at its beginning, which the heading is already."""
    while lines and lines[0] == ".PP":
        lines = lines[1:]
    return [f".SH {title}", *lines] if lines else []


def page(title, number, date, version, origin, lines):
    """origin: a sentence of what it is made of."""
    heading = f'.TH {escape(title.upper())} {number} {date} "Jobtrail {version}" Jobtrail'
    return "\n".join([r".\" SPDX-License-Identifier: Apache-2.0",
                      rf".\" {origin}", heading, *UNDIVIDED, *lines, ""])
