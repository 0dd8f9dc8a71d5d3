# SPDX-License-Identifier: Apache-2.0
"""A streaming replica of the benchmark's PostgreSQL, to read from while something else is written."""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from parts import START_SECONDS, Wrong, family_cpu_seconds, free_port, superuser

SAMPLE_SECONDS = 0.2


class Primary:
    """Reading from the database itself."""

    def __init__(self, database):
        self.conninfo = database.conninfo

    def report(self):
        return ""


@contextlib.contextmanager
def reading(arguments, database):
    """Where to read: the database, or with --replica a replica that is made for it."""
    if not arguments.replica:
        yield Primary(database)
        return
    if "DEV_POSTGRES_ADMIN" not in os.environ:
        raise Wrong("--replica needs a superuser: DEV_POSTGRES_ADMIN, as ./dev up exports it")
    replica = Replica(database)
    try:
        replica.start()
        yield replica
    finally:
        replica.end()


class Replica:
    def __init__(self, database):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jobtrail-replica-", dir="/tmp"))
        self.port = free_port()
        self.conninfo = (f"host={self.folder} port={self.port} user=jobtrail dbname={database.name}")
        self.programs = superuser("select setting from pg_config where name = 'BINDIR'")[0]
        self.account, self.process = {}, None
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.lags, self.ended = [], threading.Event()

    def start(self):
        """Until it has what the primary had when it began; from then on its lag is watched."""
        subprocess.run([f"{self.programs}/pg_basebackup", "-D", self.folder / "data", "-R", "-X", "stream",
                        "-c", "fast", "-d", os.environ["DEV_POSTGRES_ADMIN"]], check=True,
                       cwd=self.folder, **self.account)
        self.process = subprocess.Popen(
            [f"{self.programs}/postgres", "-D", self.folder / "data", "-k", self.folder, "-p", str(self.port),
             *(word for setting in ("listen_addresses=", "max_connections=200", "shared_buffers=256MB",
                                    "max_wal_size=2GB", "log_min_messages=warning", "hot_standby_feedback=on")
               for word in ("-c", setting))],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self.account)
        deadline = time.monotonic() + START_SECONDS
        while self.behind() is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Wrong("the replica did not start")
            time.sleep(SAMPLE_SECONDS)
        self.began, self.cpu = time.monotonic(), family_cpu_seconds(self.process.pid)
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def end(self):
        self.ended.set()
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def behind():
        """Seconds that what is replayed now was written ago, as the primary was told; None: it does not
        stream."""
        rows = superuser("select extract(epoch from coalesce(replay_lag, '0'))"
                         " from pg_stat_replication where state = 'streaming'")
        return float(rows[0]) if rows else None

    def watch(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            with contextlib.suppress(subprocess.CalledProcessError):
                if (behind := self.behind()) is not None:
                    self.lags.append(behind)

    def report(self):
        """What it cost, and how far it was behind."""
        cpu, seconds = family_cpu_seconds(self.process.pid) - self.cpu, time.monotonic() - self.began
        lags = sorted(self.lags) or [float("nan")]
        return (f"the replica: {cpu:.1f} s of CPU in {seconds:.0f} s, reading and replaying; replay behind by"
                f" p50 {statistics.median(lags) * 1000:.0f} ms, p99 {lags[len(lags) * 99 // 100] * 1000:.0f} ms,"
                f" max {lags[-1] * 1000:.0f} ms")
