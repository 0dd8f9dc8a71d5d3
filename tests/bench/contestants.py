# SPDX-License-Identifier: Apache-2.0
"""Jobtrail and its peers, each as what one turn of ./dev bench peers needs of it: what it is called,
a process that is started and ended, how many events it has written, and the rows that it left."""
import os
import pathlib
import signal
import subprocess
import sys
import threading
import uuid

from made_jobs import make_full, make_peer_full
from parts import ENDED_AS_ASKED, ROOT, Jobtrail, Wrong
from projected import STREAMED, check, events_of

PEERS = pathlib.Path(__file__).with_name("peers")
# What everybody has to agree on. The sum is no secret: one line a job, whatever the order.
COLUMNS = ("organization_id, job_id, type, {status}, message, progress, created_at, started_at,"
           " finished_at, updated_at, creator_id, cancellable, attempt, error_code, error_detail,"
           " result_uri")
STATUSES = "(array['accepted', 'running', 'successful', 'failed', 'dismissed'])[status + 1]"


def rows_of(database, table, status):
    """A line a job of the stream: a hash of its id, and one of all that is told of it."""
    columns = COLUMNS.format(status=status)
    return set(database.psql.ask(f"select hashtextextended(job_id, 0), hashtextextended(({columns})::text,"
                                 f" 0) from {table} where {STREAMED}"))


def make_table(database):
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database.conninfo,
                    "-f", PEERS / "schema.sql"], check=True)


class JobtrailTurn(Jobtrail):
    """One turn of jobtrail serve."""

    def __init__(self, arguments, binary, feed, database):
        super().__init__(arguments, binary, feed.topic, database,
                         JOBTRAIL_KAFKA_GROUP_ID=group_of(feed.topic))
        self.feed, self.database = feed, database

    def prepare(self):
        """Before the turn is measured."""
        self.migrate()
        make_full(self.arguments, self.database)

    def written(self):
        return events_of(self.database)

    def settle(self):
        """All was written when it said so."""

    def rows(self):
        check(self.database, self.feed.sent)
        return rows_of(self.database, "jobtrail.job", "status")


class GoTurn:
    """One turn of the consumer in peers/go, which prints what it has written."""

    def __init__(self, arguments, feed, database):
        self.arguments, self.topic, self.database = arguments, feed.topic, database
        self.program, self.events = arguments.peer_go, 0

    def prepare(self):
        make_table(self.database)
        make_peer_full(self.arguments, self.database)

    def __enter__(self):
        self.process = subprocess.Popen(
            [self.program, "-topic", self.topic, "-group", group_of(self.topic),
             "-schemas", ROOT / "schemas/avro"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "JOBTRAIL_POSTGRES_CONNINFO": self.database.conninfo})
        self.pid = self.process.pid
        threading.Thread(target=self.count, daemon=True).start()
        return self

    def count(self):
        for line in self.process.stdout:
            self.events += int(line)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        if self.process.returncode not in ENDED_AS_ASKED:
            print(f"the Go peer ended with status {self.process.returncode}", file=sys.stderr)

    def check_alive(self):
        if self.process.poll() is not None:
            raise Wrong(f"the Go peer ended with status {self.process.returncode}")

    def written(self):
        return self.events

    def settle(self):
        """All was written when it said so."""

    def rows(self):
        return rows_of(self.database, "job", STATUSES)


def group_of(topic):
    """A group that nobody was in before, so that each turn begins at the topic's beginning."""
    return f"{topic}.{uuid.uuid4().hex[:8]}"
