#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the property of the fold notice mistakes? Builds service/core with one deliberate mistake
of mutations.py at a time, in a scratch folder, and runs fold_property, which must fail.

Exits with 1 if a mistake is not noticed, no longer applies or does not compile.

    tests/property/mutants.py [--jobs N] [--seed N] [--cases N] [--only WORD]
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from mutations import MUTATIONS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROPERTY = ("naive_order naive_fold event_generator event_print same_columns environment "
            "fold_ways fold_check fold_property").split()
BASE = "arena err random time_us utf8 uuid".split()
CORE = "event fold history order pack pack_history row".split()
FLAGS = ["-std=gnu17", "-O1", "-w"]
RUN_SECONDS = 120


class Scratch:
    """The objects that no mistake touches, compiled once."""

    def __init__(self, folder, compiler):
        self.folder, self.compiler = folder, compiler
        self.plain = {}
        for name in PROPERTY:
            self.plain[name] = self.compile(ROOT / "service", HERE / f"{name}.c", folder)
        for name in BASE:
            self.plain[name] = self.compile(ROOT / "service", ROOT / f"service/base/{name}.c", folder)
        for name in CORE:
            self.plain[name] = self.compile(ROOT / "service", ROOT / f"service/core/{name}.c", folder)

    def compile(self, service, source, out):
        target = out / f"{source.stem}.o"
        subprocess.run([self.compiler, *FLAGS, f"-I{service}", f"-I{ROOT / 'tests'}", "-c",
                        str(source), "-o", str(target)], check=True, capture_output=True)
        return target

    def link(self, objects, target):
        subprocess.run([self.compiler, *map(str, objects), "-o", str(target)], check=True,
                       capture_output=True)
        return target


def run_property(program, seed, cases):
    """True when it holds; a crash and a hang are failures like another."""
    environment = dict(os.environ, JOBTRAIL_SEED=str(seed), JOBTRAIL_CASES=str(cases))
    try:
        done = subprocess.run([str(program)], env=environment, capture_output=True,
                              timeout=RUN_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def judge(scratch, index, mutation, seed, cases):
    """"caught", or what is wrong."""
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
        program = scratch.link(objects.values(), folder / "fold_property")
    except subprocess.CalledProcessError as failure:
        return "does not compile: " + failure.stderr.decode(errors="replace").strip()
    holds = run_property(program, seed, cases)
    shutil.rmtree(folder)
    return "NOT NOTICED" if holds else "caught"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default=os.environ.get("CC", "gcc"), help="the compiler")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cases", type=int, default=20000, help="sets a mistake is given")
    parser.add_argument("--seed", type=int, default=1, help="of the first set")
    parser.add_argument("--only", default="", help="mistakes whose line has this word")
    arguments = parser.parse_args()
    chosen = [m for m in MUTATIONS if arguments.only in f"{m[0]}: {m[1]}"]
    if not chosen:
        sys.exit("no mistake has that word")
    with tempfile.TemporaryDirectory(prefix="jobtrail-mutants-") as folder:
        scratch = Scratch(pathlib.Path(folder), arguments.cc)
        plain = scratch.link(scratch.plain.values(), scratch.folder / "fold_property")
        if not run_property(plain, arguments.seed, arguments.cases):
            sys.exit("the property does not even hold without a mistake")
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            verdicts = list(pool.map(
                lambda pair: judge(scratch, *pair, arguments.seed, arguments.cases),
                enumerate(chosen)))
    for (rule, mistake, *_), verdict in zip(chosen, verdicts):
        print(f"{verdict:12} {rule}: {mistake}")
    caught = verdicts.count("caught")
    print(f"{caught} of {len(chosen)} mistakes caught")
    sys.exit(caught != len(chosen))


if __name__ == "__main__":
    main()
