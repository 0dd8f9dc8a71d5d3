# SPDX-License-Identifier: Apache-2.0
"""What an operator's commands take: verify and rebuild of what the log has, then rebuild and retention
in a large table while events come and members look."""
import collections
import concurrent.futures
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import tempfile
import threading
import time

from made_jobs import make_jobs
from measure_lists import writes
from measure_live import JOBS_A_CLIENT
from parts import (POLL_SECONDS, STALL_SECONDS, Database, Jobtrail, Wrong, fill_topic, free_port, make_topic,
                   peak_mib, tool)
from projected import check, events_of, watch
from tokens import Issuer

CHANGES = 1000
NAME_WIDTH = 22  # of a question, in what bench_lists prints
LIVE_RATE = 200
DAY_SECONDS = 24 * 60 * 60
SECONDS_A_JOB = 20  # between two of lists.sql
REMOVED_SHARE = 0.1


# ---- a command of ours

def run_command(binary, environment, *words, ends=(0,)):
    """Its lines of JSON, seconds, and most memory in MiB."""
    began, peak = time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([binary, *words], env=environment, stdout=out, stderr=log)
        try:
            while process.poll() is None:
                with contextlib.suppress(OSError, TypeError):  # it may just have ended
                    peak = max(peak, peak_mib(process.pid))
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        took = time.monotonic() - began
        out.seek(0)
        log.seek(0)
        if process.returncode not in ends:
            raise Wrong(f"{' '.join(words)} ended with {process.returncode}: {log.read()[-2000:]}")
        return [json.loads(line) for line in out], took, peak


def verify(binary, environment, what, ends=(0,)):
    found, took, peak = run_command(binary, environment, "verify", "--output", "json", ends=ends)
    summary = found[-1]
    differences = [line for line in found if line["finding"] == "difference"]
    print(f"verify, {what}: {summary['jobs']:,} jobs in {took:.1f} s, {len(differences):,} differences,"
          f" {summary['passes']} passes, peak {peak:.0f} MiB", flush=True)
    return differences


def rebuild(binary, environment, *words):
    found, took, peak = run_command(binary, environment, "rebuild", "--output", "json", *words)
    summary = found[-1]
    if not summary["swapped"]:
        raise Wrong("rebuild did not swap")
    print(f"rebuild {' '.join(words)}: {summary['records']:,} records in {took:.1f} s, swapped within"
          f" {summary['swap_ms']} ms, {summary['differing']:,} jobs differed, peak {peak:.0f} MiB", flush=True)


# ---- what the log has

def change_at_random(arguments, database):
    """One value of each of so many jobs, and of totals. The keys of what was changed."""
    ask, dice = database.psql.ask, random.Random(arguments.seed)
    changes = ("status = (status + 1) % 5", "attempt = attempt + 1", "message = message || '!'",
               "creator_id = 'x' || creator_id", "updated_at = updated_at + interval '1 us'",
               "history = set_byte(history, 12, get_byte(history, 12) # 1)")
    jobs = ask(f"select job_id from jobtrail_p1.job tablesample system (5) limit {CHANGES}")
    totals = ask("select organization_id, type, status from jobtrail_p1.job_count group by 1, 2, 3 limit 50")
    for job in jobs:
        ask(f"update jobtrail_p1.job set {dice.choice(changes)} where job_id = '{job}'")
    for total in totals:
        organization, kind, status = total.split("|")
        ask("update jobtrail_p1.job_count set n = n + 1 where ctid = (select min(ctid) from"
            f" jobtrail_p1.job_count where organization_id = '{organization}' and type = '{kind}'"
            f" and status = {status})")
    return set(jobs), {tuple(total.split("|")[:2]) for total in totals}


def measure_log(arguments, binary):
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        topic = make_topic(arguments)
        sent = fill_topic(arguments, topic)
        with Jobtrail(arguments, binary, topic, database) as jobtrail:
            first, last, skipped = watch(lambda: events_of(database), [jobtrail], sent["events"])
            check(database, sent)
            print(f"{sent['events']:,} events projected at {(sent['events'] - skipped) / (last - first):,.0f}"
                  " a second", flush=True)
            if verify(binary, jobtrail.environment, "nothing changed"):
                raise Wrong("verify finds what is not there")
            jobs, totals = change_at_random(arguments, database)
            found = verify(binary, jobtrail.environment, f"{len(jobs):,} jobs and {len(totals)} totals changed",
                           ends=(1,))
            missed = jobs - {line.get("job_id") for line in found}
            missed_totals = totals - {(line["organization_id"], line.get("type")) for line in found}
            if missed or missed_totals:
                raise Wrong(f"verify misses {missed | missed_totals}")
            rebuild(binary, jobtrail.environment, "--accept", "creator")
            if verify(binary, jobtrail.environment, "rebuilt"):
                raise Wrong("what was rebuilt is wrong")


# ---- what members notice meanwhile

class Look:
    """Asks for lists and follows the live stream, again and again, until it is over."""

    def __init__(self, arguments, jobtrail, topic, tokens):
        port = re.search(r"http_port=(\d+)", jobtrail.logged())
        if not port:
            raise Wrong("the API's port is not in the log")
        self.environment, self.is_over = jobtrail.environment, threading.Event()
        self.lists_command = [tool(arguments, "bench/bench_lists"), "--rounds", str(arguments.list_rounds),
                              "--seconds", str(arguments.list_seconds)]
        self.live_command = [tool(arguments, "bench/bench_live"), "--topic", topic, "--port", port[1],
                             "--clients", str(arguments.stream_clients), "--tokens", str(tokens),
                             "--pid", str(jobtrail.pid), "--rate", str(LIVE_RATE), "--idle", "1",
                             "--seconds", str(arguments.stream_seconds)]
        self.cells, self.told, self.sent_to_lists = collections.defaultdict(list), [], 0

    def output(self, command):
        return subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def ask_lists(self):
        while True:
            for line in self.output(self.lists_command).splitlines()[1:]:
                for viewer, p99 in enumerate(line[NAME_WIDTH:].split()[1::2]):
                    self.cells[line[:NAME_WIDTH].strip(), viewer].append(float(p99))
            if self.is_over.is_set():
                return

    def follow(self):
        """Readers who are told to read their lists anew miss events, which bench_live fails for."""
        while True:
            try:
                self.told.append(json.loads(self.output(self.live_command)))
            except subprocess.CalledProcessError:
                self.sent_to_lists += 1
            if self.is_over.is_set():
                return

    def __enter__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.parts = [self.pool.submit(part) for part in (self.ask_lists, self.follow)]
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.pool.shutdown()
        for part in self.parts:
            part.result()

    def p99(self):
        """Of each list and viewer, the median of the rounds."""
        return {cell: statistics.median(values) for cell, values in self.cells.items()}

    def report(self, what, before=None):
        p99 = self.p99()
        fresh = [told["p99_ms"] for told in self.told] or [float("nan")]
        print(f"{what}: {len(self.told)} looks at the stream, from acknowledgement to told p50"
              f" {statistics.median([told['p50_ms'] for told in self.told] or fresh):.1f} ms, p99"
              f" {statistics.median(fresh):.1f} ms (worst look {max(fresh):.1f}), and {self.sent_to_lists} in which"
              f" readers had to read their lists anew; lists p99: median {statistics.median(p99.values()):.1f} ms,"
              f" longest {max(p99.values()):.1f} ({max(p99, key=p99.get)[0]}) (load {os.getloadavg()[0]:.1f})",
              flush=True)
        if before:
            ratios = {cell: value / max(before.p99()[cell], 0.1) for cell, value in p99.items()}
            print(f"  to before: median {statistics.median(ratios.values()):.2f} times", flush=True)
            for cell in sorted(ratios, key=ratios.get, reverse=True)[:5]:
                print(f"  {cell[0]:22} {before.p99()[cell]:8.1f} ms, then {p99[cell]:8.1f}"
                      f" ({ratios[cell]:.1f} times)", flush=True)


# ---- a large table

def size_mib(database):
    return int(database.psql.one("select floor(sum(pg_total_relation_size(c.oid)) / 1048576) from pg_class c join"
                                 " pg_namespace n on n.oid = relnamespace where nspname = 'jobtrail_p1'"
                                 " and relkind = 'r'"))


def await_left(jobtrail):
    """How many jobs left, by what the service says at the end of its first pass."""
    deadline = time.monotonic() + 60 * STALL_SECONDS
    while time.monotonic() < deadline:
        jobtrail.check_alive()
        left = re.search(r'has left".* jobs=(\d+)', jobtrail.logged())
        if left:
            return int(left[1])
        time.sleep(1)
    raise Wrong("retention did not come to an end")


@contextlib.contextmanager
def service(arguments, binary, topic, database, issuer, **environment):
    connections = str(4 * arguments.stream_clients + 100)
    with Jobtrail(arguments, binary, topic, database, "project,http", JOBTRAIL_HTTP_LISTEN=f"127.0.0.1:{free_port()}",
                  JOBTRAIL_HTTP_CONNECTIONS=connections, JOBTRAIL_HTTP_CONNECTIONS_PER_ADDRESS=connections,
                  JOBTRAIL_HTTP_STREAMS_PER_ORGANIZATION=connections, **issuer.settings(),
                  **environment) as jobtrail:
        jobtrail.await_ready()
        yield jobtrail


def create_live_jobs(arguments, jobtrail, topic, database):
    subprocess.run([tool(arguments, "bench/bench_live"), "--topic", topic, "--create", "--clients",
                    str(arguments.stream_clients)], env=jobtrail.environment, check=True)
    wanted = arguments.stream_clients * JOBS_A_CLIENT
    while int(database.psql.one("select count(*) from jobtrail.job where organization_id = 'live'")) < wanted:
        jobtrail.check_alive()
        time.sleep(POLL_SECONDS)


def measure_large(arguments, binary):
    with (tempfile.TemporaryDirectory() as folder,
          Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database):
        topic, issuer = make_topic(arguments), Issuer(binary, folder)
        tokens = issuer.tokens("live", "Manager", "m", arguments.stream_clients)
        with_database = Jobtrail(arguments, binary, topic, database)
        with_database.migrate()
        make_jobs(arguments, database)
        with service(arguments, binary, topic, database, issuer) as jobtrail:
            create_live_jobs(arguments, jobtrail, topic, database)
            with writes(arguments, topic, database, jobtrail):
                with Look(arguments, jobtrail, topic, tokens) as before:
                    pass  # one look
                before.report("before")
                with Look(arguments, jobtrail, topic, tokens) as meanwhile:
                    rebuild(binary, jobtrail.environment, "--carry-over", "always")
                meanwhile.report("while it was rebuilt", before)
                _, took, _ = run_command(binary, jobtrail.environment, "rebuild", "--drop")
                print(f"dropped in {took:.1f} s", flush=True)
        size = size_mib(database)
        days = round(arguments.jobs * (1 - REMOVED_SHARE) * SECONDS_A_JOB / DAY_SECONDS)
        with (service(arguments, binary, topic, database, issuer, JOBTRAIL_RETENTION_ENDED_JOBS=f"{days}d") as jobtrail,
              writes(arguments, topic, database, jobtrail)):
            began = time.monotonic()
            with Look(arguments, jobtrail, topic, tokens) as meanwhile:
                left = await_left(jobtrail)
                took = time.monotonic() - began
            print(f"retention: {left:,} jobs left in {took:.0f} s", flush=True)
            meanwhile.report("while they left", before)
        database.psql.ask("vacuum jobtrail_p1.job")
        print(f"tables and indexes: {size:,} MiB before, {size_mib(database):,} MiB after and vacuumed", flush=True)


def measure_operate(arguments, binary):
    measure_log(arguments, str(binary))
    measure_large(arguments, str(binary))
