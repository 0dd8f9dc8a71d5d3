# SPDX-License-Identifier: Apache-2.0
"""Man pages as they are read, and what judges how they are written."""
import gzip
import re

from installed import program, run


def unpacked(path, folder):
    source = folder / path.name.removesuffix(".gz")
    source.write_bytes(gzip.decompress(path.read_bytes()))
    return source


def shown(path, folder):
    """Its text, without how it is laid out; no word is divided in it."""
    return " ".join(re.sub(".\x08", "", run(program("mandoc"), "-T", "utf8", unpacked(path, folder))).split())


def expect_well_written(path, folder):
    source = unpacked(path, folder)
    assert run(program("mandoc"), "-T", "lint", "-W", "all", source, status=None) == ""
    said = run(program("man"), "--warnings", "-E", "UTF-8", "-l", "-T", "utf8", "-Z", source)
    assert not re.search(r"^(?:troff|<standard input>|an\.tmac).*", said, re.MULTILINE), said[:500]
