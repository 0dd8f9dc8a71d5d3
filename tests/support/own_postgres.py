# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one test's own, which may therefore stop and start it."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile

import psycopg

from jobtrail_process import free_port
from waiting import wait_until


class OwnPostgres:
    """Between start() and remove(); conninfo says where it is."""

    def __init__(self, programs=None):
        """programs: the folder of another PostgreSQL's than the tests' own."""
        programs = programs or os.environ.get("PG_BIN") or sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.programs = programs
        # Below /tmp, since the account that the server runs as cannot enter every folder.
        self.folder = tempfile.mkdtemp(prefix="jobtrail-pg-", dir="/tmp")
        self.account = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.port = free_port()
        self.conninfo = f"host={self.folder} port={self.port} user=jobtrail dbname=postgres"
        self.process = None
        self.fill()

    def fill(self):
        """Makes its data."""
        self.run("initdb", "-U", "jobtrail", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def run(self, program, *arguments):
        """A program of PostgreSQL's on its data, to its end."""
        subprocess.run([os.path.join(self.programs, program), "-D", self.folder + "/data", *arguments],
                       check=True, capture_output=True, cwd=self.folder, **self.account)

    def run_as(self, command):
        """As the account that the server runs as."""
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self.account)

    def start(self, *settings):
        """settings: name=value, besides those that every test's has."""
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [os.path.join(self.programs, "postgres"), "-D", self.folder + "/data", "-p",
             str(self.port), "-k", self.folder,
             *(word for setting in ("listen_addresses=", "fsync=off", *settings)
               for word in ("-c", setting))], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self.account)
        wait_until(lambda: psycopg.connect(self.conninfo).close() is None, "PostgreSQL answers")
        return self

    def stop(self, how=signal.SIGQUIT):
        """SIGQUIT: at once, as a crash would."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class SharedPostgres(OwnPostgres):
    """Of another version, for many tests: as that of `./dev test` is, where jobtrail is an ordinary role."""

    def fill(self):
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def start(self, *settings):
        ordinary, self.conninfo = self.conninfo, psycopg.conninfo.make_conninfo(self.conninfo, user="postgres")
        super().start("max_connections=400", *settings)
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("create role jobtrail login createdb createrole")
        self.conninfo = ordinary
        return self
