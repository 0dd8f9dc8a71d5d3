# SPDX-License-Identifier: Apache-2.0
"""Sinks that write what comes and fold nothing, as turns of ./dev bench peers. They read a topic that has
all of a row after each event, for of the events themselves they could make no row."""
import os
import pathlib
import re
import string
import subprocess
import sys
import tempfile
import time

from contestants import PEERS, STATUSES, make_table, rows_of
from parts import PARTITIONS, ROOT, Wrong, free_port, make_topic

# What Flink's serializers and its planner look into.
FLINK_OPENS = ("java.base/java.lang", "java.base/java.util", "java.base/java.util.concurrent")
LOOK_SECONDS = 0.5   # between two looks at how far a sink is, which costs PostgreSQL a walk of the table
SETTLE_SECONDS = 2   # after the last end, for what else is in the last batches
HEAP = "-Xmx1g"


def make_states(arguments, topic, sent):
    """The name of the topic of states that belongs to a topic of events."""
    states = make_topic(arguments)
    subprocess.run([arguments.peer_go, "-topic", topic, "-schemas", ROOT / "schemas/avro",
                    "-states", states, "-events", str(sent["events"]),
                    "-state-schema", PEERS / "JobState.avsc"], check=True)
    return states


class SinkTurn:
    """One turn of a program that knows nothing of us: how far it is is seen by the jobs that ended."""

    def __init__(self, feed, database):
        self.feed, self.database = feed, database
        self.looked, self.seen = 0, 0
        statuses = feed.sent["statuses"]
        self.ends = sum(statuses[status] for status in ("successful", "failed", "dismissed"))

    def prepare(self):
        make_table(self.database)

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command(pathlib.Path(self.folder.name)), stdout=self.log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.pid = self.process.pid
        return self

    def __exit__(self, kind, *_):
        self.process.kill()  # what it would do in the end is nobody's measure
        self.process.wait()
        if kind:
            self.log.seek(0)
            sys.stderr.writelines(self.log.readlines()[-40:])
        self.log.close()
        self.folder.cleanup()

    def check_alive(self):
        if self.process.poll() is not None or self.GAVE_UP in self.logged():
            raise Wrong(f"{self.NAME} gave up")

    def logged(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors="replace")

    def written(self):
        if time.monotonic() - self.looked > LOOK_SECONDS:
            ended = int(self.database.psql.one("select count(finished_at) from job"))
            self.looked, self.seen = time.monotonic(), ended * self.feed.sent["events"] // self.ends
        return self.seen

    @staticmethod
    def settle():
        time.sleep(SETTLE_SECONDS)

    def rows(self):
        return rows_of(self.database, "job", STATUSES)


class DebeziumTurn(SinkTurn):
    """Debezium's JDBC sink in a standalone worker of Kafka Connect."""

    NAME, GAVE_UP = "Debezium", "Task is being killed"

    def __init__(self, arguments, feed, database):
        super().__init__(feed, database)
        self.connect, self.plugins = arguments.peer_debezium

    def command(self, folder):
        worker, sink, logging = (folder / name for name in ("worker", "sink", "log4j2.yaml"))
        worker.write_text((PEERS / "debezium/worker.properties").read_text() + properties({
            "bootstrap.servers": os.environ["JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"],
            "value.converter.apicurio.registry.url": registry_of_apicurio(),
            "listeners": f"http://127.0.0.1:{free_port()}",
            "offset.storage.file.filename": folder / "offsets",
            "plugin.path": self.plugins,
        }))
        sink.write_text((PEERS / "debezium/sink.properties").read_text() + properties({
            "topics": self.feed.states, "tasks.max": PARTITIONS, **jdbc_of(self.database)}))
        logging.write_text((PEERS / "debezium/log4j2.yaml").read_text())
        return ["java", HEAP, f"-Dlog4j2.configurationFile={logging}", "-cp", f"{self.connect}/*",
                "org.apache.kafka.connect.cli.ConnectStandalone", worker, sink]


class FlinkTurn(SinkTurn):
    """Flink's JDBC sink in a Flink of one process, by SQL. It folds nothing either, though Flink could: by keyed
    state of ours it would be another consumer written by hand, of which there is one, and have more to do."""

    NAME, GAVE_UP = "Flink", 'Exception in thread "main"'

    def __init__(self, arguments, feed, database):
        super().__init__(feed, database)
        jars, classes = arguments.peer_flink
        self.classpath = f"{jars}/*:{classes}"

    def command(self, folder):
        jdbc = jdbc_of(self.database)
        (folder / "config.yaml").write_text((PEERS / "flink/config.yaml").read_text())
        (folder / "job.sql").write_text(string.Template((PEERS / "flink/job.sql").read_text()).substitute(
            topic=self.feed.states, brokers=os.environ["JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"],
            registry=os.environ["JOBTRAIL_SCHEMA_REGISTRY_URL"], url=jdbc["connection.url"],
            user=jdbc["connection.username"], password=jdbc["connection.password"]))
        return ["java", HEAP, *(f"--add-opens={opened}=ALL-UNNAMED" for opened in FLINK_OPENS),
                f"-Djava.io.tmpdir={folder}", f"-Dlog4j2.configurationFile={PEERS}/flink/log4j2.properties",
                "-cp", self.classpath, "Peer", folder]


def properties(values):
    return "".join(f"{name}={value}\n" for name, value in values.items())


def registry_of_apicurio():
    """Its own API; ours speaks Confluent's."""
    return os.environ["JOBTRAIL_SCHEMA_REGISTRY_URL"].replace("/apis/ccompat/v7", "/apis/registry/v2")


def jdbc_of(database):
    """Where the driver finds the database. It has no unix sockets."""
    given = dict(re.findall(r"(\w+)=(\S+)", os.environ["DEV_POSTGRES_TCP"]))
    return {"connection.url": f"jdbc:postgresql://{given['host']}:{given['port']}/{database.name}"
                              "?reWriteBatchedInserts=true",
            "connection.username": given["user"], "connection.password": given["password"]}
