# SPDX-License-Identifier: Apache-2.0
"""Man pages and the sample configuration say what --help says, and are written as they should be."""
import re

import pytest

from installed import manual
from jobtrail_process import run_jobtrail
from man_pages import expect_well_written, shown


def words(text):
    """Without how it is laid out."""
    return " ".join(text.split())


def page(name, tmp_path):
    return shown(manual() / f"man{name[-1]}" / f"{name}.gz", tmp_path)


def commands():
    listed = run_jobtrail({}, "--help").split("\nCommands:\n")[1].split("\n\n")[0]
    return dict(re.fullmatch(r"  (\S+) +(.*)", line).groups() for line in listed.splitlines())


def flags(text):
    """(letter, name with its value, prose) of each flag below "Flags:"."""
    listed = text.split("\nFlags:\n")[1].split("\nExample:\n")[0]
    rows = re.split(r"\n(?=  (?:    --|-\w, ))", "\n" + listed.rstrip("\n"))[1:]
    for row in rows:
        letter, name, prose = re.fullmatch(r" +(?:(-\w), )?(--\S+(?: \S+)?)(?:  +|\n +| )(.*)", row, re.DOTALL).groups()
        yield letter, name, words(prose)


def test_each_command_has_a_page_with_all_that_its_help_says(tmp_path):
    pages = {path.name for path in (manual() / "man1").iterdir()}
    assert pages == {"jobtrail.1.gz"} | {f"jobtrail-{name}.1.gz" for name in commands()}
    overview = page("jobtrail.1", tmp_path)
    counted = 0
    for name, summary in commands().items():
        assert f"jobtrail-{name}(1) {summary}." in overview
        text, help_text = page(f"jobtrail-{name}.1", tmp_path), run_jobtrail({}, name, "--help")
        assert f"jobtrail-{name} - {summary}" in text
        for letter, flag, prose in flags(help_text):
            assert f"{letter + ', ' if letter else ''}{flag} {prose}." in text, name
            counted += 1
        for call in re.findall(rf"jobtrail ({name} .*?)(?: \[FLAGS\])?$", help_text.split("\n\n")[0], re.MULTILINE):
            assert f"jobtrail {call}" in text
        for paragraph in help_text.split("\n\n")[1:]:
            if paragraph.startswith(("Flags:", "Example:", "  ")):
                continue
            paragraph = words(paragraph).removeprefix("Exit codes: ")
            assert paragraph.rstrip(".") in text, name
        assert words(help_text.split("\nExample:\n")[1]) in text
    assert counted > 3 * len(commands())


def test_each_option_is_in_the_page_of_the_configuration(tmp_path):
    text = page("jobtrail.conf.5", tmp_path)
    listed = re.split(r"\n(?=  \S)", "\n" + run_jobtrail({}, "help", "options").rstrip("\n"))[1:]
    assert len(listed) > 50
    for option in listed:
        assert words(option).replace("*", "NAME", 1 if option.split()[0].endswith("*") else 0) in text


def test_the_sample_has_every_option_and_changes_none(tmp_path):
    sample = manual() / "jobtrail.conf"
    text = sample.read_text(encoding="utf-8")
    listed = re.findall(r"^  ([a-z][\w.-]*) \(", run_jobtrail({}, "help", "options"), re.MULTILINE)
    assert re.findall(r"^#([a-z][\w.-]*) = ", text, re.MULTILINE) == listed
    effective = run_jobtrail({}, "help", "effective")
    assert run_jobtrail({}, "help", "effective", "--config", str(sample)) == effective
    changed = tmp_path / "changed.conf"
    changed.write_text(text.replace("#log.level = info", "log.level = warn"), encoding="utf-8")
    assert "log.level = warn" in run_jobtrail({}, "help", "effective", "--config", str(changed))


@pytest.mark.parametrize("folder", ["man1", "man5"])
def test_the_pages_are_well_written(folder, tmp_path):
    for path in (manual() / folder).iterdir():
        expect_well_written(path, tmp_path)
