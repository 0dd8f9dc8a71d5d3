# SPDX-License-Identifier: Apache-2.0
"""A PgBouncer of one test's own, before a test's own PostgreSQL."""
import os
import shutil
import subprocess

import psycopg

from jobtrail_process import free_port
from waiting import wait_until


class OwnPooler:
    """Between start() and stop(); conninfo leads through it."""

    def __init__(self, server, pool_mode, pool_size=20):
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
        assert program, "pgbouncer is missing: ./dev install test"
        self.program = program
        self.account = server.account
        self.port = free_port()
        self.file = os.path.join(server.folder, f"pooler-{self.port}.ini")
        self.conninfo = f"host=127.0.0.1 port={self.port} user=jobtrail dbname=postgres"
        self.process = None
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(f"""
[databases]
* = host={server.folder} port={server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
auth_file =
pool_mode = {pool_mode}
default_pool_size = {pool_size}
so_reuseport = 1
ignore_startup_parameters = extra_float_digits,options
""".replace("* = host", "* = user=jobtrail host"))
        os.chmod(self.file, 0o644)

    def start(self):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [self.program, self.file], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **self.account)
        wait_until(lambda: psycopg.connect(self.conninfo).close() is None, "the pooler answers")
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
