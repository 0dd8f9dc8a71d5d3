# SPDX-License-Identifier: Apache-2.0
"""What the members of one organisation can do to another one while they do their worst, and what
it costs when a thousand readers of the live stream come back at once."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

from made_jobs import make_jobs
from measure_live import await_jobs
from parts import (Database, Jobtrail, Wrong, cpu_seconds, family_cpu_seconds, make_topic, peak_mib,
                   tool)
from tokens import Issuer

MEMBERS, CALM_MEMBERS = 100, 4
CREATED = 20 + 2 * 1000  # by tests/bench/storm.c
KINDS = ("streams opened and closed", "streams unread", "large answers unread", "unbounded filters",
         "cancel requests", "waits")
LIST_P99_MS, NEWS_P99_MS, DELAY_MS = 50, 1000, 1000
MIB = 1 << 20
# What bounds memory, at its defaults (serve/process/option_table.c), in MiB.
ANSWERS, CACHE, QUEUE, READERS = 64, 8, 2, 4
RING = 8  # of what can be resumed (docs/design.md, section 9)
LARGEST, MADE_FROM = 4.3, 5  # 1,000 jobs of 4 KiB; what a thread needs while it makes an answer
IDLE = 36
CONNECTIONS, CONNECTION = 1000, 1 / 32  # 32 KiB each (serve/http/api_listener.c)


class Judge:
    """Says of each figure whether its bound holds."""

    def __init__(self):
        self.broken = []

    def judge(self, what, figure, bound, unit):
        holds = figure <= bound
        if not holds:
            self.broken.append(f"{what}: {figure:,.0f} of {bound:,.0f} {unit}")
        return f"{figure:,.0f}{'' if holds else ' (!)'}"


def measure_storm(arguments, binary):
    judge = Judge()
    with tempfile.TemporaryDirectory() as folder:
        issuer = Issuer(binary, folder)
        calm = issuer.tokens("org-0", "Administrator", "calm", CALM_MEMBERS)
        crowd = issuer.tokens("large", "Administrator", "crowd", MEMBERS)
        with served(arguments, binary, issuer) as (jobtrail, database, topic):
            storms(arguments, jobtrail, database, [tool(arguments, "bench/bench_storm"), "--topic",
                                                   topic, "--calm", calm], crowd, judge)
        if arguments.storm_readers:
            crowd = issuer.tokens("large", "Administrator", "reader", arguments.storm_readers)
            # Those who left count until they are noticed, and streams are three quarters at most.
            connections = str(4 * arguments.storm_readers)
            with served(arguments, binary, issuer, JOBTRAIL_HTTP_CONNECTIONS=connections,
                        JOBTRAIL_HTTP_STREAMS_PER_ORGANIZATION=connections) as (
                            jobtrail, database, topic):
                come_back(arguments, jobtrail, [tool(arguments, "bench/bench_storm"), "--topic",
                                                topic, "--calm", calm], crowd, judge)
    print("all bounds hold" if not judge.broken else
          "bounds that do not hold: " + "; ".join(judge.broken), flush=True)


@contextlib.contextmanager
def served(arguments, binary, issuer, **environment):
    """A jobtrail that is not running and has the jobs of all, and where they come from."""
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        topic = make_topic(arguments)
        jobtrail = Jobtrail(arguments, binary, topic, database, "project,cancel,http",
                            JOBTRAIL_HTTP_LISTEN="127.0.0.1:0", **issuer.settings(),
                            **cancel_topics(arguments), **environment)
        jobtrail.migrate()
        make_jobs(arguments, database)
        with jobtrail:
            jobtrail.await_ready()
            subprocess.run([tool(arguments, "bench/bench_storm"), "--topic", topic, "--create"],
                           env=jobtrail.environment, check=True)
            await_jobs(database, jobtrail, arguments.jobs + CREATED)
        yield jobtrail, database, topic


def cancel_topics(arguments):
    return {"JOBTRAIL_CANCEL_REQUESTS_AUTHENTICATION": "topic-acl",
            "JOBTRAIL_TOPIC_CANCEL_REQUESTS": make_topic(arguments,
                                                         "message.timestamp.type=LogAppendTime"),
            "JOBTRAIL_TOPIC_COMMANDS": make_topic(arguments),
            "JOBTRAIL_TOPIC_CANCEL_DECISIONS": make_topic(arguments)}


def program_output(jobtrail, command):
    port = re.search(r"http_port=(\d+)", jobtrail.logged())
    if not port:
        raise Wrong("the API's port is not in the log")
    output = subprocess.run([*command, "--port", port[1]], env=jobtrail.environment, check=True,
                            stdout=subprocess.PIPE).stdout
    jobtrail.check_alive()
    return json.loads(output)


# ---- storms

def storms(arguments, jobtrail, database, common, crowd, judge):
    common += ["--seconds", str(arguments.storm_seconds)]
    attack = ["--crowd", crowd, "--members", str(MEMBERS)]
    print(f"storms: {MEMBERS} members of an organisation with {arguments.jobs // 2:,} jobs do their"
          f" worst for {arguments.storm_seconds} s; what another organisation has of it, in ms:\n"
          f"{'':28}{'list p50':>9}{'p99':>7}{'max':>7}{'news p50':>10}{'p99':>7}{'max':>7}"
          f"{'MiB':>6}{'asked/s':>9}  CPU of ours, PostgreSQL, crowd; answers", flush=True)
    storm(jobtrail, database, "none", common, judge)
    for kind in KINDS:
        if not arguments.storm_kind or arguments.storm_kind in kind:
            storm(jobtrail, database, kind, common + attack + ["--kind", kind], judge)
    if not arguments.storm_kind:
        storm(jobtrail, database, "all of them", common + attack, judge)
    print(f"bounds: p99 of lists {LIST_P99_MS} ms, of news {NEWS_P99_MS:,} ms; memory {memory_bound():,.0f}"
          f" MiB: http.answers-memory {ANSWERS}, making an answer {READERS} x"
          f" {MADE_FROM * LARGEST:.0f}, connections {CONNECTIONS * CONNECTION:.0f}, what can be resumed"
          f" {RING}, workers {len(os.sched_getaffinity(0))} x {CACHE + QUEUE}, and an idle process"
          f" {IDLE}", flush=True)


def storm(jobtrail, database, name, command, judge):
    """By a process of its own, so that what one storm leaves is not another one's."""
    with jobtrail:
        jobtrail.await_ready()
        measure_one(jobtrail, database, name, command, judge)


def measure_one(jobtrail, database, name, command, judge):
    forget_peak(jobtrail.pid)
    before = cpu_seconds(jobtrail.pid), family_cpu_seconds(database.postmaster), time.monotonic()
    seen = program_output(jobtrail, command)
    seconds = time.monotonic() - before[2]
    ours = (cpu_seconds(jobtrail.pid) - before[0]) / seconds
    theirs = (family_cpu_seconds(database.postmaster) - before[1]) / seconds
    lists, news = seen["lists"], seen["news"]
    asked = seen.get("asked", 0) / seen.get("asked_seconds", 1)
    answers = ", ".join(f"{status}: {count:,}" for status, count in seen.get("answered", {}).items())
    list_p99 = judge.judge(f"{name}, p99 of lists", lists["p99_ms"], LIST_P99_MS, "ms")
    news_p99 = judge.judge(f"{name}, p99 of news", news["p99_ms"], NEWS_P99_MS, "ms")
    mib = judge.judge(f"{name}, memory", peak_mib(jobtrail.pid), memory_bound(), "MiB")
    print(f"{name:28}{lists['p50_ms']:>9,.1f}{list_p99:>7}{lists['max_ms']:>7,.0f}"
          f"{news['p50_ms']:>10,.0f}{news_p99:>7}{news['max_ms']:>7,.0f}{mib:>6}{asked:>9,.0f}"
          f"  {ours:.2f}, {theirs:.2f}, {seen.get('crowd_cpu_s', 0) / seconds:.2f}; {answers}"
          f"; unanswered: {seen.get('unanswered', 0):,} (load {os.getloadavg()[0]:.1f})", flush=True)
    for what, times in ("lists not answered", lists), ("news not told", news):
        if times["missed"]:
            print(f"    {times['missed']:,} of {times['count']:,} {what}", flush=True)
            judge.judge(f"{name}, {what}", times["missed"], 0, "")


def memory_bound():
    """What all the bounds come to, in MiB, and what a process has before anybody asks."""
    return (IDLE + len(os.sched_getaffinity(0)) * (CACHE + QUEUE) + ANSWERS + RING
            + READERS * MADE_FROM * LARGEST + CONNECTIONS * CONNECTION)


def forget_peak(pid):
    """So that the peak that is asked for next is that of what comes."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


# ---- everybody comes back

def come_back(arguments, jobtrail, common, crowd, judge):
    with jobtrail:
        jobtrail.await_ready()
        seen, peak = measure_return(arguments, jobtrail, common, crowd)
    before, after = seen["before"], seen["after"]
    delay = judge.judge("readers who come back, most that news is delayed",
                        after["news"]["max_ms"] - before["news"]["max_ms"], DELAY_MS, "ms")
    lists = f"{after['lists']['p99_ms']:,.0f}"
    print(f"come back: {seen['readers']:,} readers at once, who missed 1 to 40 s of 20 changes a"
          f" second; {seen['told']:,} have all of it after p50 {seen['told_p50_ms']:,.0f} ms, max"
          f" {seen['told_max_ms']:,.0f} ms ({seen['mib']:,.0f} MiB; {seen['told_reset']:,} read the"
          f" list again, {seen['lost']:,} lost). News of another organisation: p99"
          f" {after['news']['p99_ms']:,.0f} ms, max {after['news']['max_ms']:,.0f} ms; before: p99"
          f" {before['news']['p99_ms']:,.0f} ms, max {before['news']['max_ms']:,.0f} ms; the most"
          f" that it was delayed by: {delay} ms. Lists: p99 {lists} ms, before"
          f" {before['lists']['p99_ms']:,.0f} ms (peak {peak:,.0f} MiB, load"
          f" {os.getloadavg()[0]:.1f})", flush=True)
    for what, times in ("lists not answered", after["lists"]), ("news not told", after["news"]):
        if times["missed"]:
            judge.judge(f"readers who come back, {what}", times["missed"], 0, "")


def measure_return(arguments, jobtrail, common, crowd):
    seen = program_output(jobtrail, [*common, "--seconds", str(arguments.storm_seconds),
                                     "--crowd", crowd, "--readers", str(arguments.storm_readers)])
    return seen, peak_mib(jobtrail.pid)
