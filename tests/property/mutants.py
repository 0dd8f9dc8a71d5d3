#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the tests notice mistakes? Builds the sources with one deliberate mistake at a time, in a
scratch folder, and runs tests of which one must then fail: fold_property for the mistakes of
mutations.py, core_projector or projector_sim for those of tests/sim/projector_mutations.py, the
gate's tests for those of gate_mutations.py (all in service/core), log_sim for those of
tests/sim/log_mutations.py (in service/serve).

Exits with 1 if a mistake is not noticed, no longer applies or does not compile.

    tests/property/mutants.py [--suite fold|projector|gate|log] [--jobs N] [--seed N] [--only WORD]
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "tests/sim")]

import gate_mutations  # noqa: E402
import log_mutations  # noqa: E402
import mutations  # noqa: E402
import projector_mutations  # noqa: E402

TOKEN = re.compile(r"\w+|[^\w\s]")
WORLD = "naive_order naive_fold event_generator event_print same_columns environment".split()
BASE = "arena err random time_us utf8 uuid".split()
SERVICE = ROOT / "service"
AROUND = "backoff buffer clock condition errand log metrics utf8 wake".split()
CORE = sorted((SERVICE / "core").glob("*.c"))

SIM = ROOT / "tests/sim"
TESTS = ROOT / "tests/core"
LEDGER = [SIM / "made_ledger.c", SIM / "made_ledger_write.c"]
PROJECTOR_KIT = [TESTS / f"{name}.c" for name in ("projector_kit", "memory_store", "made")]
GATE_KIT = [TESTS / "gate_kit.c", TESTS / "made.c"]
WRAP = "-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=strndup"


class Program:
    """One test program: its sources, and what it is linked with beside core."""

    def __init__(self, sources, *link):
        self.sources, self.link = list(sources), link


class Suite:
    """Test programs, the mistakes that one of them must notice, and how long they run. The mistakes
    are in a folder of service/; sources are what stands beside base and core."""

    def __init__(self, mistakes, cases_name, cases, *programs, folder="core", sources=()):
        self.mistakes, self.programs = mistakes, programs
        self.folder, self.sources = folder, list(sources)
        self.environment = {"JOBTRAIL_WORLDS": "500", cases_name: str(cases)}


def of_world(*sources):
    return [HERE / f"{name}.c" for name in WORLD] + list(sources)


SUITES = {
    "fold": Suite(
        mutations.MUTATIONS,
        "JOBTRAIL_CASES",
        3000,
        Program(of_world(*(HERE / f"fold_{name}.c" for name in ("ways", "check", "property")))),
    ),
    "projector": Suite(
        projector_mutations.MUTATIONS,
        "JOBTRAIL_WORLDS",
        2000,
        Program([TESTS / "projector_test.c", *PROJECTOR_KIT], "-lcmocka"),
        Program(
            of_world(
                *(
                    source
                    for source in sorted(SIM.glob("*.c"))
                    if source not in LEDGER and not source.stem.startswith(("gate_", "stream_", "log_"))
                )
            )
        ),
    ),
    # The last one is asked alone where who is authorised is all that matters.
    "gate": Suite(
        gate_mutations.MUTATIONS,
        "JOBTRAIL_CASES",
        60000,
        Program([TESTS / "cancel_test.c", TESTS / "made.c"], "-lcmocka"),
        Program([TESTS / "gate_test.c", *GATE_KIT], "-lcmocka"),
        Program([TESTS / "gate_repeat_test.c", *GATE_KIT], "-lcmocka"),
        Program([TESTS / "gate_may_join_test.c", TESTS / "made.c", *LEDGER], "-lcmocka"),
        Program(
            [
                TESTS / "gate_transaction_test.c",
                TESTS / "made.c",
                ROOT / "tests/support/failing_malloc.c",
                *LEDGER,
            ],
            "-lcmocka",
            WRAP,
        ),
        Program(
            of_world(
                *(HERE / f"gate_{name}.c" for name in ("cast", "life", "oracle")),
                *sorted(SIM.glob("gate_*.c")),
                *LEDGER,
            )
        ),
        Program(of_world(*sorted(HERE.glob("gate_*.c")), *LEDGER)),
    ),
    "log": Suite(
        log_mutations.MUTATIONS,
        "JOBTRAIL_WORLDS",
        3000,
        Program(
            [HERE / "environment.c", ROOT / "tests/serve/made_message.c", *SIM.glob("log_sim*.c")],
            "-Wl,--wrap=clock_monotonic_us,--wrap=nanosleep,--wrap=random_u64",
        ),
        folder="serve",
        sources=[
            *(SERVICE / "serve/source").glob("*.c"),
            *(SERVICE / f"serve/projection/{name}.c" for name in ("dispatch", "work_queue")),
            *(SERVICE / f"serve/process/{name}.c" for name in ("process", "trouble")),
            *(SERVICE / f"base/{name}.c" for name in AROUND),
        ],
    ),
}
# Of a file that a test needs little of, the rest is left out, and whatever that would need.
FLAGS = ["-std=gnu17", "-O1", "-w", "-ffunction-sections", "-fdata-sections"]
RUN_SECONDS = 120


class Scratch:
    """The objects that no mistake touches, compiled once."""

    def __init__(self, folder, compiler, suite):
        self.folder, self.compiler, self.suite = folder, compiler, suite
        sources = [SERVICE / f"base/{name}.c" for name in BASE] + CORE + suite.sources
        self.service = {source: self.compile(SERVICE, source, folder) for source in sources}
        tests = {source for program in suite.programs for source in program.sources}
        self.tests = {source: self.compile(SERVICE, source, folder) for source in tests}

    def compile(self, service, source, out):
        target = out / f"{source.parent.name}-{source.stem}.o"
        includes = [f"-I{service}", f"-I{ROOT / 'tests'}"]
        command = [self.compiler, *FLAGS, *includes, "-c", str(source), "-o", str(target)]
        subprocess.run(command, check=True, capture_output=True)
        return target

    def link(self, service, folder):
        """The suite's programs with these objects of service/."""
        programs = []
        for number, program in enumerate(self.suite.programs):
            target = folder / f"test{number}"
            objects = [self.tests[source] for source in program.sources] + list(service.values())
            command = [self.compiler, *map(str, objects), "-o", str(target), "-Wl,--gc-sections"]
            command += [*program.link, "-lcrypto"]
            subprocess.run(command, check=True, capture_output=True)
            programs.append(target)
        return programs


def run_test(program, environment):
    """True when it passes; a crash and a hang are failures like another."""
    try:
        done = subprocess.run(
            [str(program)], env=environment, capture_output=True, timeout=RUN_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def run_tests(programs, suite, seed, rule=""):
    """Whether all pass, or the last alone where the rule is of AUTHORITY."""
    environment = dict(os.environ, JOBTRAIL_SEED=str(seed), **suite.environment)
    if rule in gate_mutations.AUTHORITY:
        environment["JOBTRAIL_AUTHORITY"] = "1"
        programs = programs[-1:]
    return all(run_test(program, environment) for program in programs)


def replaced(source, edits):
    """The source with each (text, mistaken text); a text must occur once, however it is laid out."""
    for text, mistaken in zip(edits[::2], edits[1::2]):
        places = list(re.finditer(r"\s*".join(map(re.escape, TOKEN.findall(text))), source))
        if len(places) != 1:
            raise ValueError(f"does not apply: its text occurs {len(places)} times")
        place = places[0]
        source = source[: place.start()] + mistaken + source[place.end() :]
    return source


def judge(scratch, suite, index, mutation, seed):
    """ "caught", or what is wrong."""
    rule, _, file_name, *edits = mutation
    original = SERVICE / suite.folder / file_name
    try:
        mistaken = replaced(original.read_text(), edits)
    except ValueError as why:
        return str(why)
    folder = scratch.folder / str(index)
    service = folder / "service"
    service.mkdir(parents=True)
    for module in SERVICE.iterdir():
        if module.name == suite.folder:
            shutil.copytree(module, service / module.name)
        else:
            (service / module.name).symlink_to(module)
    (service / suite.folder / file_name).write_text(mistaken)
    # A changed header concerns whoever includes it; a changed .c file only itself.
    changed = CORE if file_name.endswith(".h") else [original]
    try:
        objects = dict(scratch.service)
        for source in changed:
            copy = service / source.relative_to(SERVICE)
            objects[source] = scratch.compile(service, copy, folder)
        programs = scratch.link(objects, folder)
    except subprocess.CalledProcessError as failure:
        return "does not compile: " + failure.stderr.decode(errors="replace").strip()
    passes = run_tests(programs, suite, seed, rule)
    shutil.rmtree(folder)
    if passes == (rule == gate_mutations.GUARDED):
        return "caught"
    return "NOT GUARDED" if rule == gate_mutations.GUARDED else "NOT NOTICED"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default=os.environ.get("CC", "gcc"), help="the compiler")
    parser.add_argument("--suite", choices=SUITES, default="fold", help="which test")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1, help="of the first set")
    parser.add_argument("--only", default="", help="mistakes whose line has this word")
    arguments = parser.parse_args()
    suite = SUITES[arguments.suite]
    chosen = [m for m in suite.mistakes if arguments.only in f"{m[0]}: {m[1]}"]
    if not chosen:
        sys.exit("no mistake has that word")
    with tempfile.TemporaryDirectory(prefix="jobtrail-mutants-") as folder:
        scratch = Scratch(pathlib.Path(folder), arguments.cc, suite)
        plain = scratch.link(scratch.service, scratch.folder)
        if not run_tests(plain, suite, arguments.seed):
            sys.exit("the test does not even pass without a mistake")
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            verdicts = list(
                pool.map(
                    lambda pair: judge(scratch, suite, *pair, arguments.seed), enumerate(chosen)
                )
            )
    for (rule, mistake, *_), verdict in zip(chosen, verdicts):
        print(f"{verdict:12} {rule}: {mistake}")
    caught = verdicts.count("caught")
    print(f"{caught} of {len(chosen)} mistakes caught")
    sys.exit(caught != len(chosen))


if __name__ == "__main__":
    main()
