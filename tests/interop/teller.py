# SPDX-License-Identifier: Apache-2.0
"""A program that tells of jobs by libjobtrail (tests/client/teller.c), run again and again with one spool, and what
Kafka must have of it."""
import collections
import io
import os
import pathlib
import subprocess
import sys

import fastavro

from needs import need

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "clients" / "python"))
import jobtrail  # pylint: disable=wrong-import-position

PIPE_BYTES = 4096  # some 200 lines: so far it is ahead of whoever reads what it told, and kills it
KILLED = -9
TICKS = 3  # of each job; as in teller.c
# FAULT_POINTs of service/client, and at which passes the process dies there.
FAULTS = {"client-skipped": (1, 700), "client-copied": (1, 700), "client-checked": (1, 700), "client-sent": (1, 300),
          "client-reported": (1, 300), "client-settled": (1, 2), "client-marked": (1, 2)}


class Teller:
    """Remembers what was told, and what each run that came to its end counted."""

    def __init__(self, world, spool):
        self.world, self.spool, self.told, self.jobs, self.whole = world, spool, collections.Counter(), 0, []

    def run(self, bootstrap, jobs, *settings, at=None, fault=None, largest_file="unlimited"):
        """at: what is called once so many lines of what it told were read, with the process; fault: where it dies by
        itself, and at which pass. Its exit status and what it complained of."""
        program = pathlib.Path(need("DEV_BUILD")[0]) / "tests/client/client_teller"
        first, counts = self.jobs, None
        self.jobs += jobs
        with subprocess.Popen(["prlimit", f"--fsize={largest_file}", program, self.world.topics["events"], self.spool, str(first), str(jobs),
                               f"kafka.bootstrap.servers={bootstrap}", "queue.bytes=256KiB", *settings],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pipesize=PIPE_BYTES,
                              env={**os.environ, "FAULT_POINT": fault or ""}) as teller:
            for number, line in enumerate(teller.stdout, 1):
                words = line.split()
                if words[0] == "counts":
                    counts = dict(zip(words[1::2], map(int, words[2::2])))
                else:
                    self.told[tuple(words)] += line.endswith("\n")
                if at and number in at:
                    at[number](teller)
            complaint = teller.stderr.read()
        if teller.returncode == 0:
            self.whole.append((range(first, first + jobs), counts))
        return teller.returncode, complaint

    def held_against_kafka(self):
        """What is in Kafka of each event that was told."""
        found = collections.defaultdict(set)
        for message in self.world.everything("events"):
            value = message.value()
            name = next(name for name, mark in jobtrail.MARKS.items() if mark == value[:10])
            event = fastavro.schemaless_reader(io.BytesIO(value[10:]), jobtrail.SCHEMAS[name])
            found[event["job_id"], name].add(event["event_id"])
        for key, count in self.told.items():
            assert len(found[key]) >= count, f"{key} was told {count} times, and Kafka has {len(found[key])}"
        for key, ids in found.items():
            assert len(ids) <= (TICKS if key[1] == "JobProgressed" else 1), f"{key} is there {len(ids)} times"
        for jobs, counts in self.whole:
            there = sum(len(found[f"job-{number}", name]) for number in jobs for name in jobtrail.SCHEMAS)
            assert there == counts["taken"] - counts["coalesced"], f"jobs {jobs}: {there} events, {counts}"


def kill(teller):
    teller.kill()
