# SPDX-License-Identifier: Apache-2.0
"""What the benchmark's measurements share: processes, databases, topics, and a jobtrail."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTITIONS = 4
POLL_SECONDS = 0.05
START_SECONDS = 30
WRAPPER_SECONDS = 1  # until it has started jobtrail
STALL_SECONDS = 120  # without any progress
ENDED_AS_ASKED = 0, 128 + signal.SIGTERM, 128 + signal.SIGINT, -signal.SIGTERM, -signal.SIGINT
TICKS = os.sysconf("SC_CLK_TCK")


class Wrong(Exception):
    """What the benchmark cannot go on from."""


# ---- processes

def stat(pid):
    """The fields of /proc/PID/stat from the third on (its own counting: [0] is the state)."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2:].split()


def cpu_seconds(pid):
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_seconds(parent):
    """Of a process, its living children, and those that ended and were waited for."""
    fields = stat(parent)
    ticks = sum(int(field) for field in fields[11:15])
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                child = stat(entry.name)
                if int(child[1]) == parent:
                    ticks += int(child[11]) + int(child[12])
    return ticks / TICKS


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kafka_pid():
    """The broker of ./dev up; None for a broker that we do not know."""
    folder = os.environ.get("DEV_SERVERS")
    with contextlib.suppress(OSError, ValueError):
        pid = int((pathlib.Path(folder or "") / "kafka.pid").read_text().split()[0])
        stat(pid)
        return pid
    return None


# ---- PostgreSQL

class Psql:
    """One psql that answers one question after the other."""

    def __init__(self, conninfo):
        self.process = subprocess.Popen(["psql", "-XqAt", "-F", "|", "-v", "ON_ERROR_STOP=1",
                                         "-d", conninfo],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, sql):
        self.process.stdin.write(f"{sql};\n\\echo ---\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "---\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise Wrong(f"PostgreSQL refused: {sql}")

    def one(self, sql):
        return self.ask(sql)[0]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Database:
    """A fresh one, dropped at the end."""

    def __init__(self, conninfo):
        self.name = f"bench_{uuid.uuid4().hex[:12]}"
        self.server = conninfo
        # The last of a keyword that is named twice wins.
        self.conninfo = f"{conninfo} dbname={self.name}"

    def __enter__(self):
        self.command(f"create database {self.name}")
        self.psql = Psql(self.conninfo)
        backend = int(self.psql.one("select pg_backend_pid()"))
        self.postmaster = int(stat(backend)[1])
        return self

    def __exit__(self, *_):
        self.psql.close()
        # Not by force: an ordinary role may not end autovacuum, which gives way by itself.
        self.command(f"drop database {self.name}")

    def command(self, sql):
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", self.server, "-c", sql],
                       check=True)


def superuser(sql):
    return subprocess.run(["psql", "-XqAt", "-F", "|", "-v", "ON_ERROR_STOP=1",
                           "-d", os.environ["DEV_POSTGRES_ADMIN"], "-c", sql],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


# ---- Kafka

def make_topic(arguments, setting="cleanup.policy=delete", partitions=PARTITIONS):
    topic = f"bench.{uuid.uuid4().hex[:12]}"
    subprocess.run([tool(arguments, "tests/support/kafka_topics"),
                    "--bootstrap", os.environ["JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"],
                    "--wait", "30", f"{topic}:{partitions}:{setting}"],
                   check=True, stdout=subprocess.DEVNULL)
    return topic


def fill_topic(arguments, topic, events=None, seed=None, partitions=PARTITIONS):
    """events and seed are the arguments' unless they are given."""
    command = [tool(arguments, "bench/bench_stream"), "--topic", topic,
               "--events", str(events or arguments.events), "--open", str(arguments.open),
               "--seed", str(arguments.seed if seed is None else seed)]
    if arguments.spread:
        command += ["--spread", str(partitions)]
    if arguments.shuffle:
        command += ["--shuffle", str(arguments.shuffle)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def made_how(arguments):
    """What of the stream and its table is not as usual, for what is printed above figures."""
    return (f"{', each event to any of them' if arguments.spread else ''}"
            f"{f', shuffled among the next {arguments.shuffle:,} events' if arguments.shuffle else ''}"
            f"{f', {arguments.full:,} jobs in the table before' if arguments.full else ''}")


def tool(arguments, name):
    path = ROOT / "build" / arguments.build / name
    if not path.exists():
        raise Wrong(f"{path.relative_to(ROOT)} is not built: ./dev build {arguments.build}")
    return str(path)


# ---- jobtrail

class Jobtrail:
    """jobtrail serve on one topic and one database."""

    def __init__(self, arguments, binary, topic, database, parts="project", **environment):
        self.arguments, self.binary, self.parts = arguments, str(binary), parts
        self.environment = {
            **os.environ,
            "JOBTRAIL_POSTGRES_CONNINFO": database.conninfo,
            "JOBTRAIL_TOPIC_EVENTS": topic,
            "JOBTRAIL_KAFKA_GROUP_ID": topic,
            "JOBTRAIL_WORKERS": str(arguments.workers),
            "JOBTRAIL_ADMIN_LISTEN": "127.0.0.1:0",
            **environment,
        }

    def migrate(self):
        subprocess.run([self.binary, "migrate"], check=True, env=self.environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.migrate()
        self.log = tempfile.TemporaryFile("w+")
        command = self.arguments.wrap.split() + [self.binary, "serve", "--only", self.parts]
        for assignment in self.arguments.set:
            command += ["--set", assignment]
        self.process = subprocess.Popen(command, env=self.environment, stderr=self.log,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.pid = self.wrapped_pid() if self.arguments.wrap else self.process.pid
        return self

    def wrapped_pid(self):
        """jobtrail is the wrapper's child, or what the wrapper has become."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + WRAPPER_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, IndexError):
                return int(children.read_text().split()[0])
            time.sleep(0.01)
        return self.process.pid

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT if self.arguments.wrap else signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if kind or self.process.returncode not in ENDED_AS_ASKED:
            print(f"jobtrail ended with status {self.process.returncode}", file=sys.stderr)
            self.log.seek(0)
            sys.stderr.writelines(self.log.readlines()[-20:])
        self.log.close()

    def check_alive(self):
        if self.process.poll() is not None:
            raise Wrong(f"jobtrail ended with status {self.process.returncode}")

    def logged(self):
        self.log.flush()
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors="replace")

    def await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check_alive()
            port = re.search(r"admin_port=(\d+)", self.logged())
            with contextlib.suppress(OSError):
                if port and "partition started" in self.logged():
                    urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/readyz", timeout=1)
                    return
            time.sleep(0.1)
        raise Wrong("jobtrail was not ready in time")
