#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the tests of core notice mistakes? Builds service/core with one deliberate mistake at a time,
in a scratch folder, and runs a test that must then fail: fold_property for the mistakes of
mutations.py, projector_sim for those of tests/sim/projector_mutations.py.

Exits with 1 if a mistake is not noticed, no longer applies or does not compile.

    tests/property/mutants.py [--suite fold|projector] [--jobs N] [--seed N] [--only WORD]
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "tests/sim")]

import mutations  # noqa: E402
import projector_mutations  # noqa: E402

WORLD = "naive_order naive_fold event_generator event_print same_columns environment".split()
BASE = "arena err random time_us utf8 uuid".split()
CORE = sorted(path.stem for path in (ROOT / "service/core").glob("*.c"))


class Suite:
    """A test and the mistakes that it must notice."""

    def __init__(self, mistakes, cases_name, cases, *sources):
        self.mistakes, self.cases_name, self.cases = mistakes, cases_name, cases
        self.sources = [HERE / f"{name}.c" for name in WORLD] + list(sources)


SUITES = {
    "fold": Suite(
        mutations.MUTATIONS,
        "JOBTRAIL_CASES",
        20000,
        *(HERE / f"{name}.c" for name in ("fold_ways", "fold_check", "fold_property")),
    ),
    "projector": Suite(
        projector_mutations.MUTATIONS,
        "JOBTRAIL_WORLDS",
        2000,
        *sorted((ROOT / "tests/sim").glob("*.c")),
    ),
}
FLAGS = ["-std=gnu17", "-O1", "-w"]
RUN_SECONDS = 120


class Scratch:
    """The objects that no mistake touches, compiled once."""

    def __init__(self, folder, compiler, suite):
        self.folder, self.compiler = folder, compiler
        service = ROOT / "service"
        sources = suite.sources + [service / f"base/{name}.c" for name in BASE]
        sources += [service / f"core/{name}.c" for name in CORE]
        self.plain = {}
        for source in sources:
            self.plain[source.stem] = self.compile(service, source, folder)

    def compile(self, service, source, out):
        target = out / f"{source.stem}.o"
        subprocess.run(
            [
                self.compiler,
                *FLAGS,
                f"-I{service}",
                f"-I{ROOT / 'tests'}",
                "-c",
                str(source),
                "-o",
                str(target),
            ],
            check=True,
            capture_output=True,
        )
        return target

    def link(self, objects, target):
        subprocess.run(
            [self.compiler, *map(str, objects), "-o", str(target), "-lcrypto"],
            check=True,
            capture_output=True,
        )
        return target


def run_test(program, suite, seed):
    """True when it passes; a crash and a hang are failures like another."""
    environment = dict(os.environ, JOBTRAIL_SEED=str(seed))
    environment[suite.cases_name] = str(suite.cases)
    try:
        done = subprocess.run(
            [str(program)], env=environment, capture_output=True, timeout=RUN_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def judge(scratch, suite, index, mutation, seed):
    """ "caught", or what is wrong."""
    _, _, file_name, text, mistaken = mutation
    source = (ROOT / "service/core" / file_name).read_text()
    if source.count(text) != 1:
        return f"does not apply: its text occurs {source.count(text)} times"
    folder = scratch.folder / str(index)
    core = folder / "service/core"
    shutil.copytree(ROOT / "service/core", core)
    (folder / "service/base").symlink_to(ROOT / "service/base")
    (core / file_name).write_text(source.replace(text, mistaken))
    # A changed header concerns whoever includes it; a changed .c file only itself.
    changed = CORE if file_name.endswith(".h") else [pathlib.Path(file_name).stem]
    try:
        objects = dict(scratch.plain)
        for name in changed:
            objects[name] = scratch.compile(folder / "service", core / f"{name}.c", folder)
        program = scratch.link(objects.values(), folder / "test")
    except subprocess.CalledProcessError as failure:
        return "does not compile: " + failure.stderr.decode(errors="replace").strip()
    passes = run_test(program, suite, seed)
    shutil.rmtree(folder)
    return "NOT NOTICED" if passes else "caught"


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
        plain = scratch.link(scratch.plain.values(), scratch.folder / "test")
        if not run_test(plain, suite, arguments.seed):
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
