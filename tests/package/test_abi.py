# SPDX-License-Identifier: Apache-2.0
"""No program that is linked with libjobtrail is broken without another soname: abi.py, and what it has to find."""
import shutil

import pytest

import abi
from installed import build_folder, program, run

# (header, what is there, what becomes of it)
BREAKING = {
    "a function leaves": ("job.h", "JOBTRAIL_API void jobtrail_job_close(", "static inline void jobtrail_job_shut("),
    "an argument's type": ("job.h", "int32_t percent,", "int64_t percent,"),
    "an argument's type of one size": ("job.h", "int32_t percent,", "uint32_t percent,"),
    "an argument more": ("emitter.h", "int jobtrail_emitter_wait(", "int jobtrail_emitter_wait(int how, "),
    "a function's answer": ("emitter.h", "JOBTRAIL_API int jobtrail_emitter_fd", "JOBTRAIL_API long jobtrail_emitter_fd"),
    "a callback": ("emitter.h", "jobtrail_room(void *self)", "jobtrail_room(void *self, int how)"),
    "a member within": ("emitter.h", "    uint64_t refused;", "    uint64_t more;\n    uint64_t refused;"),
    "a member leaves": ("emitter.h", "    uint64_t replayed;      // found in the spool when it was opened\n", ""),
    "a member's type": ("commands.h", "    int32_t attempt;", "    int64_t attempt;"),
    "two members change places": ("commands.h", "*organization_id, *job_id;", "*job_id, *organization_id;"),
    "a struct of the caller's": ("error.h", "text[480]", "text[512]"),
    "a member at the end of one of the caller's": ("cancel.h", "    int64_t decided_at_us;", "    int64_t decided_at_us;\n    int more;"),
    "a code": ("error.h", "JOBTRAIL_FULL = -1,", "JOBTRAIL_FULL = -11,"),
    "a level within": ("settings.h", "    JOBTRAIL_LEVEL_WARN,", "    JOBTRAIL_LEVEL_NOTE,\n    JOBTRAIL_LEVEL_WARN,"),
}
HARMLESS = {
    "as it is": ("job.h", "It runs.", "It has begun."),
    "a function more": ("job.h", "// It runs.", "// New.\nJOBTRAIL_API int jobtrail_job_new(void);\n\n// It runs."),
    "a count more": ("emitter.h", "    uint64_t spool_damaged;", "    uint64_t spool_damaged;\n    uint64_t more;"),
    "a detail more": ("job.h", "    const char *traceparent;", "    const char *traceparent;\n    const char *more;"),
    "a member more of a command": ("commands.h", "    void *tag; ", "    void *tag;\n    int more; "),
    "a code more": ("error.h", "    JOBTRAIL_SYSTEM = -9,", "    JOBTRAIL_SYSTEM = -9,\n    JOBTRAIL_NEW = -10,"),
}


@pytest.fixture(name="compiled")
def fixture_compiled(tmp_path):
    """compiled(header, there, becomes): the library of headers that were changed so."""
    program("abidiff")

    def change(header, there, becomes):
        shutil.copytree(abi.HEADERS, tmp_path / "include")
        path = tmp_path / "include/jobtrail" / header
        text = path.read_text(encoding="utf-8")
        assert text.count(there) == 1, f"{header} has not once: {there}"
        path.write_text(text.replace(there, becomes), encoding="utf-8")
        return abi.compile_headers(tmp_path / "include", abi.soname_known(), tmp_path)

    return change


def test_the_library_lets_out_what_its_headers_declare():
    listed = run("nm", "-D", "--defined-only", build_folder() / "lib/libjobtrail.so").splitlines()
    declared = [each.name for path in abi.HEADERS.rglob("*.h") for each in abi.c_header.read(path).of_kind("function")]
    assert sorted(line.split()[2].split("@")[0] for line in listed if " T " in line) == sorted(declared)


def test_programs_of_the_last_tag_run_with_it(tmp_path):
    program("abidiff")
    name = abi.soname(build_folder() / "lib/libjobtrail.so")
    assert name == abi.soname_known(), f"another soname: write the interface down anew by {abi.__file__}"
    changed = abi.breaks(abi.compile_headers(abi.HEADERS, name, tmp_path))
    assert not changed, f"{changed}\nthis breaks programs, and needs another soname ({abi.__file__})"


@pytest.mark.parametrize("change", BREAKING)
def test_what_breaks_a_program_is_found(change, compiled):
    assert abi.breaks(compiled(*BREAKING[change]))


@pytest.mark.parametrize("change", HARMLESS)
def test_what_breaks_none_is_not(change, compiled):
    assert not abi.breaks(compiled(*HARMLESS[change]))
