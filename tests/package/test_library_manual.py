# SPDX-License-Identifier: Apache-2.0
"""The man pages of libjobtrail: each function that it lets out has one, and each says all that its header says."""
import re
import sys

import pytest

from installed import ROOT, build_folder, run
from man_pages import expect_well_written, shown

HEADERS = sorted((ROOT / "include/jobtrail").glob("*.h"))
NO_HEADER = "// SPDX\n// Of a test.\n#ifndef TEST_H\n{}\n#endif\n"


def pages():
    return build_folder() / "library_manual/man3"


def comments(text):
    """Each comment of a header but the licence, without white space."""
    found, was_comment = [], False
    for line in text.splitlines()[1:]:
        code, marked, comment = re.fullmatch(r"(.*?)(?:(?<!\S)(//)(.*))?", line).groups()
        if marked and was_comment and not code.strip():
            found[-1] += comment
        elif marked:
            found.append(comment)
        was_comment = bool(marked)
    return ["".join(each.split()) for each in found]


def test_each_function_has_a_page_that_tells_of_it(tmp_path):
    listed = run("nm", "-D", "--defined-only", build_folder() / "lib/libjobtrail.so.1").splitlines()
    names = [line.split()[2].split("@")[0] for line in listed if line.split()[1] == "T"]
    assert len(names) > 25
    for name in names:
        found_by, declared = shown(pages() / f"{name}.3.gz", tmp_path).split("DESCRIPTION")[0].split("SYNOPSIS")
        assert name in re.findall(r"\w+", found_by.split(" - ")[0].split("NAME")[1]), f"apropos does not find {name}"
        assert re.search(rf"\W{name}\([^()]+\);", declared), f"{name} has no prototype"


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.stem)
def test_a_page_has_every_comment_of_its_header(path, tmp_path):
    title = "libjobtrail" if path.stem == "jobtrail" else f"jobtrail_{path.stem}"
    text = shown(pages() / f"{title}.3.gz", tmp_path).replace(" ", "")
    for comment in comments(path.read_text(encoding="utf-8")):
        assert comment in text


def test_they_are_well_written(tmp_path):
    for path in pages().iterdir():
        if not path.is_symlink():
            expect_well_written(path, tmp_path)


@pytest.mark.parametrize("code", [
    pytest.param("JOBTRAIL_API int one(void);", id="no comment"),
    pytest.param("// One.\nJOBTRAIL_API int one(void);\nJOBTRAIL_API int two(void);", id="a comment for two"),
    pytest.param("// A type.\nstruct odd {\n    int a; /* of C's */\n};", id="a comment of another kind")])
def test_a_header_of_which_no_page_can_be_made_is_named(code, tmp_path):
    (tmp_path / "jobtrail").mkdir()
    (tmp_path / "jobtrail/odd.h").write_text(NO_HEADER.format(code), encoding="utf-8")
    said = run(sys.executable, ROOT / "packaging/library_manual.py", tmp_path / "jobtrail", tmp_path / "man3", "1", "0", status=1)
    assert said.startswith("no man page can be made of jobtrail/odd.h: "), said
