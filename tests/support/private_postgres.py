# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one test's own, to be killed and started again."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg

from jobtrail_process import free_port
from waiting import wait_until


class PrivatePostgres:
    """A cluster in a temporary folder; as root it runs as the user postgres."""

    def __init__(self):
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = tempfile.mkdtemp(prefix="jobtrail-postgres-")
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.port = free_port()
        self.process = None
        self._run("initdb", "-D", self._data(), "-U", "jobtrail", "-A", "trust", "-E", "UTF8",
                  "--no-sync")
        self.start()
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("create database jobtrail")

    def _data(self):
        return self.folder + "/data"

    def _identity(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} \
            if self.user else {}

    def _run(self, program, *arguments):
        subprocess.run([f"{self.bin}/{program}", *arguments], check=True, capture_output=True,
                       cwd=self.folder, timeout=60, **self._identity())

    def conninfo(self, database="jobtrail"):
        return f"host=127.0.0.1 port={self.port} user=jobtrail dbname={database}"

    def start(self):
        """Waits until it answers."""
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [f"{self.bin}/postgres", "-D", self._data(), "-p", str(self.port), "-k", self.folder,
             "-c", "listen_addresses=127.0.0.1"], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._identity())
        wait_until(lambda: psycopg.connect(self.conninfo("postgres")).close() or True,
                   "PostgreSQL answers")

    def stop_immediately(self):
        """As a power cut does to the server: what was not flushed is lost."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def close(self):
        if self.process.poll() is None:
            self.stop_immediately()
        deadline = time.monotonic() + 5
        while os.path.exists(self.folder) and time.monotonic() < deadline:
            shutil.rmtree(self.folder, ignore_errors=True)
