# SPDX-License-Identifier: Apache-2.0
"""A streaming replica of a test's own PostgreSQL, which a test can hold up, stop and promote."""
import psycopg

from own_postgres import OwnPostgres
from waiting import wait_until


class OwnReplica(OwnPostgres):
    """Of a primary that runs. Between start() and remove()."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__()

    def fill(self):
        self.run("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-d", self.primary.conninfo)

    def ask(self, question):
        """The only value of an answer."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            return connection.execute(question).fetchone()[0]

    def pause(self):
        """What the primary writes comes, but is not replayed from now on."""
        self.ask("select pg_wal_replay_pause()")
        wait_until(lambda: self.ask("select pg_get_wal_replay_pause_state()") == "paused", "it stands still")

    def resume(self):
        self.ask("select pg_wal_replay_resume()")

    def promote(self):
        assert self.ask("select pg_promote(true, 60)")

    def follow(self):
        """Until it has all that the primary has now. What was written asynchronously is not sent before
        it is on the primary's disk, which a transaction of ours sees to."""
        with psycopg.connect(self.primary.conninfo, autocommit=True) as connection:
            connection.execute("select pg_current_xact_id()")
            end = connection.execute("select pg_current_wal_insert_lsn()").fetchone()[0]
        wait_until(lambda: self.ask(f"select pg_last_wal_replay_lsn() >= '{end}'"), "the replica follows")
