# SPDX-License-Identifier: Apache-2.0
"""How long lists of jobs take while the projector writes into the same database."""
import contextlib
import json
import os
import signal
import subprocess
import time

from made_jobs import make_jobs
from parts import POLL_SECONDS, STALL_SECONDS, Database, Jobtrail, Wrong, make_topic, tool
from projected import events_of
from replica import reading

WARM_UP_SECONDS = 3


def measure_lists(arguments, binary):
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        topic = make_topic(arguments)
        jobtrail = Jobtrail(arguments, binary, topic, database)
        jobtrail.migrate()
        make_jobs(arguments, database)
        print(f"lists: pages of 50, while {arguments.write_rate:,} events a second are written", flush=True)
        with (jobtrail, reading(arguments, database) as where,
              writes(arguments, topic, database, jobtrail)):
            subprocess.run([tool(arguments, "bench/bench_lists"),
                            "--rounds", str(arguments.list_rounds),
                            "--seconds", str(arguments.list_seconds)],
                           env={**jobtrail.environment, "JOBTRAIL_POSTGRES_CONNINFO": where.conninfo},
                           check=True)
            jobtrail.check_alive()
            print(where.report(), end="\n" if arguments.replica else "", flush=True)


@contextlib.contextmanager
def writes(arguments, topic, database, jobtrail):
    """Events come and are projected meanwhile; how many is printed at the end."""
    if not arguments.write_rate:
        yield
        return
    jobtrail.await_ready()
    process = subprocess.Popen([tool(arguments, "bench/bench_writes"), "--topic", topic,
                                "--rate", str(arguments.write_rate), "--organizations",
                                str(max(arguments.organizations - 1, 1))],
                               env=jobtrail.environment, stdout=subprocess.PIPE)
    try:
        time.sleep(WARM_UP_SECONDS)
        yield
        if process.poll() is not None:
            raise Wrong("what writes events ended too early")
        process.send_signal(signal.SIGTERM)
        sent = json.loads(process.communicate()[0])
        behind = sent["events"] - events_of(database)
        await_projected(database, jobtrail, sent["events"])
        print(f"meanwhile {sent['events'] / sent['seconds']:,.0f} events a second were sent for"
              f" {sent['seconds']:.0f} s, of which {max(behind, 0):,} were not projected at the end"
              f" (load {os.getloadavg()[0]:.1f})", flush=True)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def await_projected(database, jobtrail, events):
    """So that a round whose writes went wrong does not pass."""
    deadline = time.monotonic() + STALL_SECONDS
    while events_of(database) < events:
        jobtrail.check_alive()
        if time.monotonic() > deadline:
            raise Wrong("the events written meanwhile were not projected")
        time.sleep(POLL_SECONDS)
    if (letters := database.psql.one("select count(*) from jobtrail.dead_letter")) != "0":
        raise Wrong(f"{letters} of the events written meanwhile became dead letters")
