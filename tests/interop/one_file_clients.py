# SPDX-License-Identifier: Apache-2.0
"""The clients in one file, clients/python and clients/java, ready to be used alike: Python's is imported, Java's
lives in a program of its own that is told what to call (java/ClientDriver.java)."""
import json
import logging
import pathlib
import subprocess
import sys
import threading

from confluent_kafka.schema_registry import SchemaRegistryClient

from world import micros

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "clients" / "python"))
import jobtrail  # pylint: disable=wrong-import-position

ORGANIZATION = "org-a"
NOWHERE = {"bootstrap.servers": "127.0.0.1:1"}


class PythonClient:
    """open(settings) is jobtrail.Jobs; stopped: the jobs that it was told to stop; schemas_asked: the ids that it
    wanted the schemas of; warnings(): what it logged."""
    nowhere = {**NOWHERE, "log_level": 0}
    gives_up_soon = {**nowhere, "message.timeout.ms": 500}

    def __init__(self, log):
        self.log, self.stopped, self.schemas_asked = log, [], []
        log.set_level(logging.WARNING)

    def open(self, settings, organization=ORGANIZATION, *, registry=None, on_stop_fails=False, **options):
        def on_stop(job):
            self.stopped.append(job.job_id)
            if on_stop_fails:
                raise RuntimeError("the program's own fault")

        def schema_of(number):
            self.schemas_asked.append(number)
            return SchemaRegistryClient({"url": registry}).get_schema(number).schema_str

        return jobtrail.Jobs(settings, organization, on_stop=on_stop, schema_of=registry and schema_of, **options)

    def without_room(self):
        """One event waits, and there is room for no other."""
        return self.open({**self.nowhere, "queue.buffering.max.messages": 1, "message.timeout.ms": 2000}, commands=False,
                         room_timeout=0)

    def warnings(self):
        return self.log.text


class JavaClient:
    """The same, of the program that runs."""
    nowhere = NOWHERE
    gives_up_soon = {**NOWHERE, "max.block.ms": 500}

    def __init__(self, driver):
        self.driver, self.logged = driver, driver.log.stat().st_size

    def open(self, settings, organization=ORGANIZATION, **options):
        names = {"commands_topic": "commandsTopic", "room_timeout": "roomTimeout", "on_stop_fails": "onStopFails"}
        options = {names.get(name, name): value for name, value in options.items()}
        return JavaJobs(self.driver, settings=settings, organization=organization, **options)

    def without_room(self):
        """One event waits, and there is room for no other."""
        return self.open({**NOWHERE, "max.block.ms": 2000}, commands=False, roomBytes=1, room_timeout=0)

    @property
    def stopped(self):
        return self.driver.call("stopped")

    @property
    def schemas_asked(self):
        return self.driver.call("schemasAsked")

    def warnings(self):
        return self.driver.log.read_bytes()[self.logged:].decode()


class JavaDriver:
    """The program that runs."""
    errors = {"IllegalArgumentException": ValueError, "IllegalStateException": BufferError}

    def __init__(self, classpath, log):
        self.log = log
        with log.open("w", encoding="utf-8") as written:
            self.process = subprocess.Popen(
                ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath, "ClientDriver"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=written, text=True, encoding="utf-8")

    def call(self, name, on=None, **arguments):
        request = {"call": name, "with": arguments, **({} if on is None else {"on": on})}
        ended = '{"error": "no answer", "text": "the program has ended, or did not answer for minutes"}'
        patience = threading.Timer(180, self.process.kill)
        patience.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or ended)
        finally:
            patience.cancel()
        if "error" not in answer:
            return answer["value"]
        if answer["error"] == "NotDelivered":
            raise jobtrail.NotDelivered([tuple(event) for event in answer["events"]])
        raise self.errors.get(answer["error"], AssertionError)(f"{answer['error']}: {answer['text']}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


class JavaJobs:
    """Like jobtrail.Jobs."""

    def __init__(self, driver, **options):
        self.driver, self.number = driver, driver.call("open", **options)

    def create(self, job_id, *, type, creator, cancellable=True, attempt=1, **more):  # pylint: disable=redefined-builtin
        return JavaJob(self.driver, job_id, self._call("create", job=job_id, type=type, creator=creator,
                                                       cancellable=cancellable, attempt=attempt, **sent(more)))

    def resume(self, job_id, *, attempt=1):
        return JavaJob(self.driver, job_id, self._call("resume", job=job_id, attempt=attempt))

    def flush(self, timeout=30):
        self._call("flush", timeout=timeout)

    def close(self, timeout=30):
        self._call("close", timeout=timeout)

    @property
    def ticks_left_out(self):
        return self._call("ticksLeftOut")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _call(self, name, **arguments):
        return self.driver.call(name, self.number, **arguments)


class JavaJob:
    """Like jobtrail.Job."""

    def __init__(self, driver, job_id, number):
        self.driver, self.job_id, self.number = driver, job_id, number

    def start(self, **more):
        self._call("start", **sent(more))

    def progress(self, percent, message=None, **more):
        self._call("progress", percent=percent, message=message, **sent(more))

    def succeed(self, result_uri=None, **more):
        self._call("succeed", result_uri=result_uri, **sent(more))

    def fail(self, error_code=None, error_detail=None, **more):
        self._call("fail", error_code=error_code, error_detail=error_detail, **sent(more))

    def cancelled(self, **more):
        self._call("cancelled", **sent(more))

    @property
    def is_to_stop(self):
        return self._call("isToStop")

    def wait_to_stop(self, timeout):
        return self._call("waitToStop", timeout=timeout)

    @property
    def command(self):
        return self._call("command")

    def _call(self, name, **arguments):
        return self.driver.call(name, self.number, **arguments)


def sent(more):
    """As JSON: a moment in microseconds, the headers' values as texts."""
    more = dict(more)
    if "at" in more:
        more["at"] = micros(more["at"])
    if "headers" in more:
        more["headers"] = [(name, value.decode()) for name, value in more["headers"]]
    return more
