# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one test's own that is secured as those of others are: TLS alone, members by password (SCRAM) or
by certificate. The test itself is the superuser, by the socket."""
import os
import pathlib
import shutil
import signal
import tempfile

import psycopg

from certificates import Authority
from own_postgres import OwnPostgres

HBA = """
local   all all                  trust
hostssl all by_password 127.0.0.1/32 scram-sha-256
hostssl all by_certificate 127.0.0.1/32 cert
"""


class SecuredPostgres(OwnPostgres):
    """Between start() and remove()."""

    def __init__(self):
        super().__init__()
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="jobtrail-keys-"))
        self.authority = Authority(self.files)
        self.data = pathlib.Path(self.folder) / "data"
        (self.data / "pg_hba.conf").write_text(HBA, encoding="ascii")
        self.trust(self.authority)
        both = self.authority.give("localhost")
        for name in ("server.key", "server.pem"):
            self._put(name, both.read_bytes())

    def _put(self, name, content):
        """A file that the server may read."""
        file = self.data / name
        file.write_bytes(content)
        file.chmod(0o600)
        if self.account:
            os.chown(file, self.account["user"], self.account["group"])

    def trust(self, authority):
        """Whose members' certificates hold; of a running server from now on."""
        self._put("members.pem", authority.file.read_bytes())
        if self.process:
            self.process.send_signal(signal.SIGHUP)

    def start(self, *settings):
        return super().start("listen_addresses=127.0.0.1", "ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key",
                             "ssl_ca_file=members.pem", "max_connections=200", *settings)

    def execute(self, statement):
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            return connection.execute(statement)

    def cut(self, role):
        """Ends the sessions of a member: it has to connect again."""
        self.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'")

    def options(self, role, database, **more):
        """jobtrail's, for a member that trusts our authority."""
        return {"postgres.conninfo": f"host=localhost hostaddr=127.0.0.1 port={self.port} user={role} dbname={database}",
                "postgres.sslmode": "verify-full", "postgres.sslrootcert": self.authority.file, **more}

    def remove(self):
        super().remove()
        shutil.rmtree(self.files, ignore_errors=True)
