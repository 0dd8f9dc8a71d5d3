# SPDX-License-Identifier: Apache-2.0
"""Lists, jobs and the live stream from a streaming replica; decisions from the primary alone."""
import signal
import threading

import psycopg
import pytest

from asking import created, now_us
from http_api import Api
from jobtrail_process import run_jobtrail
from live_stream import LiveStream
from needs import need
from own_postgres import OwnPostgres
from own_replica import OwnReplica
from stories import single_object
from waiting import wait_until
from world import World


# One pair of servers, and so one worker.
pytestmark = pytest.mark.xdist_group("replica")


@pytest.fixture(name="pair", scope="module")
def fixture_pair():
    """A primary and its replica, for all tests that leave both as they were."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    primary = OwnPostgres().start()
    replica = OwnReplica(primary).start()
    yield primary, replica
    replica.remove()
    primary.remove()


class Replicated:
    """A database of the test's own, which a process projects into; one API that reads it, and one that
    reads the replica (`reading`)."""

    def __init__(self, primary, replica, serve, tmp_path):
        self.replica = replica
        self.world = World(primary.conninfo)
        self.where = psycopg.conninfo.make_conninfo(replica.conninfo, dbname=self.world.name)
        run_jobtrail(self.world.settings(), "migrate")
        self.apis = []
        for name in ("writing", "reading"):
            (tmp_path / name).mkdir()
            self.apis.append(Api(tmp_path / name))
        self.writing, self.reading = self.apis
        self.projector = serve(self.writing.settings(self.world.settings()))
        replica.follow()
        self.serve = serve
        self.reader = self.read()
        self.root = self.reading.member("root", "Administrator")
        self.ada = self.reading.member("ada")
        self.streams = []

    def read(self, **more):
        """Starts what reads the replica."""
        return self.serve({**self.reading.settings(self.world.settings()), "http.read-conninfo": self.where,
                           "http.base-url": self.reading.root, "http.wait-for": "1s", **more}, "--only", "http")

    def close(self):
        for stream in self.streams:
            stream.close()
        for process in (self.projector, self.reader):
            process.close()
        self.replica.resume()
        self.world.close()

    def emit(self, *events):
        """Projected on the primary when it returns."""
        self.world.produce("events", list(events))
        wait_until(self.world.is_caught_up, "the primary has it")

    def stream(self, api, last_id=None):
        self.streams.append(LiveStream(api, api.token("root", "Administrator"), last_id=last_id))
        return self.streams[-1].wait_begun()

    def projected(self, job_id):
        """The row on the primary."""
        return self.world.rows("select * from jobtrail.job where job_id = %s", (job_id,))[0]


@pytest.fixture(name="replicated")
def fixture_replicated(pair, serve, tmp_path):
    mine = Replicated(*pair, serve, tmp_path)
    yield mine
    mine.close()


def started(job_id, **fields):
    return single_object("JobStarted", job_id=job_id, occurred_at=now_us(), **fields)


def progressed(job_id, progress, **fields):
    return single_object("JobProgressed", job_id=job_id, occurred_at=now_us(), progress=progress, **fields)


def succeeded(job_id):
    return single_object("JobSucceeded", job_id=job_id, occurred_at=now_us())


def behind(answer):
    return float(answer.headers["Jobtrail-Seconds-Behind"])


def test_a_list_says_how_old_the_replica_is(replicated):
    root = replicated.root
    replicated.emit(created("a1"))
    wait_until(lambda: root.jobs() == ["a1"], "the replica has it")
    wait_until(lambda: "Jobtrail-As-Of" in root.get("/jobs").headers, "it has caught up once")
    replicated.replica.pause()
    before = root.get("/jobs")
    replicated.emit(created("a2"))
    wait_until(lambda: replicated.writing.member("root", "Administrator").jobs() == ["a2", "a1"],
               "the primary has more")
    late = wait_until(lambda: (answer := root.get("/jobs"),
                               behind(answer) > behind(before) + 1 and answer)[1], "it says that it is older")
    assert [job["jobID"] for job in late.json()["jobs"]] == ["a1"]
    assert late.headers["Jobtrail-As-Of"] == before.headers["Jobtrail-As-Of"]
    assert root.get("/jobs/a2").status_code == 404
    replicated.replica.resume()
    wait_until(lambda: root.jobs() == ["a2", "a1"], "the replica has it")
    # A row arrives on the replica before the positions that say up to when everything was read.
    wait_until(lambda: root.get("/jobs").headers["Jobtrail-As-Of"] > late.headers["Jobtrail-As-Of"],
               "it says that it is newer")


def test_a_position_is_waited_for_on_the_replica(replicated):
    replicated.emit(created("a1"))
    replicated.replica.follow()
    replicated.replica.pause()
    before = replicated.world.log_ends("events")
    replicated.emit(created("a2"))
    after = replicated.world.log_ends("events")
    partition = next(each for each in after if after[each] != before[each])
    position = {"Jobtrail-Wait-For": f"{partition}:{after[partition] - 1}"}
    assert replicated.root.get("/jobs/a2", headers=position).status_code == 504
    replicated.replica.resume()
    wait_until(lambda: replicated.root.get("/jobs/a2", headers=position).status_code == 200, "it is there")


def test_decisions_are_never_the_replicas(replicated):
    """What the replica shows of a job is old; what is decided of it is not."""
    ada = replicated.ada
    replicated.emit(created("ended"), created("disputed"), started("ended"), created("open"))
    wait_until(lambda: ada.get("/jobs/ended").json().get("status") == "running" and
               len(ada.jobs()) == 3, "the replica has them")
    replicated.replica.pause()
    replicated.emit(succeeded("ended"), created("disputed", "bob"), created("new"))
    assert replicated.projected("ended")["status"] == "successful"
    assert replicated.projected("disputed")["creator_disputed"]
    assert ada.get("/jobs/ended").json()["status"] == "running"
    answer = ada.ask("DELETE", "/jobs/ended")
    assert (answer.status_code, answer.json()["detail"]) == (409, "ALREADY_FINISHED")
    assert ada.ask("POST", "/jobs/disputed/cancel-requests").status_code == 403
    assert [row["reason_code"] for row in replicated.world.rows(
        "select * from jobtrail.cancellation order by id")] == ["ALREADY_FINISHED", "NOT_CREATOR"]
    # A job that the replica does not know is cancelled, and said to be; so is one that it shows as open.
    assert ada.get("/jobs/new").status_code == 404
    for job in ("new", "open"):
        answer = ada.ask("DELETE", f"/jobs/{job}")
        assert (answer.status_code, answer.json()["cancelling"]) == (202, "open")
        request = ada.get(answer.headers["Location"])
        assert (request.status_code, request.json()["outcome"]) == (200, "open")
        again = ada.ask("POST", f"/jobs/{job}/cancel-requests")
        assert (again.status_code, again.json()["reasonCode"]) == (202, "ALREADY_REQUESTED")
        requests = ada.get(f"/jobs/{job}/cancel-requests").json()["cancelRequests"]
        assert [each["reasonCode"] for each in requests] == ["ALREADY_REQUESTED", "CREATOR"]
    assert "cancelling" not in ada.get("/jobs/open").json()
    assert {row["job_id"] for row in replicated.world.rows("select * from jobtrail.cancel_command")} == {
        "new", "open"}
    replicated.replica.resume()
    wait_until(lambda: ada.get("/jobs/new").json().get("cancelling") == "open", "the replica has it too")


def test_nothing_is_decided_on_a_standby(replicated, serve, tmp_path):
    """Not even where postgres.conninfo leads to one by mistake."""
    replicated.emit(created("a1"))
    replicated.replica.follow()
    (tmp_path / "wrong").mkdir()
    api = Api(tmp_path / "wrong")
    serve({**api.settings(replicated.world.settings()), "postgres.conninfo": replicated.where}, "--only", "http")
    ada = api.member("ada")
    assert ada.jobs() == ["a1"]
    for _ in range(3):
        answer = ada.ask("DELETE", "/jobs/a1")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert replicated.world.rows("select * from jobtrail.cancel_request") == []


def test_a_replica_that_goes_away_comes_back(replicated):
    ada = replicated.ada
    replicated.emit(created("a1"))
    wait_until(lambda: ada.jobs() == ["a1"], "the replica has it")
    stream = replicated.stream(replicated.reading)
    replicated.replica.stop()
    answer = ada.get("/jobs")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["Content-Type"] == "application/problem+json"
    wait_until(lambda: "http.read-conninfo" in replicated.reader.get("/readyz")[1], "it is said what is away")
    assert replicated.reader.get("/readyz")[0] == 503
    # Whoever has only the primary is ready; and what is decided is decided there.
    assert replicated.projector.get("/readyz")[0] == 200
    assert ada.ask("DELETE", "/jobs/a1").json()["cancelling"] == "open"
    replicated.emit(progressed("a1", 10))
    replicated.replica.start()
    wait_until(lambda: ada.get("/jobs").status_code == 200, "it is answered again")
    wait_until(lambda: replicated.reader.get("/readyz")[0] == 200, "it is ready again")
    stream.wait_for(lambda it: it.jobs().get("a1", {}).get("progress") == 10 or it.of("reset"),
                    "the stream goes on")
    assert not stream.ended.is_set()


def test_the_stream_tells_every_change(replicated):
    replica, jobs = replicated.replica, [f"j{number}" for number in range(10)]
    replicated.emit(*(created(job) for job in jobs))
    wait_until(lambda: len(replicated.root.jobs()) == 10, "the replica has them")
    stream = replicated.stream(replicated.reading)
    for turn in (10, 20, 30, 40):
        if turn == 20:
            replica.pause()
        replicated.emit(*(progressed(job, turn) for job in jobs))
        if turn == 30:
            assert all(job.get("progress", 0) < 20 for job in stream.jobs().values())
            replica.resume()
    stream.wait_for(lambda it: len(it.jobs()) == 10 and
                    all(job.get("progress") == 40 for job in it.jobs().values()), "each is told to the last")
    assert not stream.of("reset")
    assert replicated.root.get("/jobs").json()["jobs"] == [
        stream.jobs()[job] for job in sorted(jobs, reverse=True)]


def test_a_position_means_the_same_of_primary_and_replica(replicated):
    """Whoever breaks off at one process and comes to the other misses nothing, or is told to look anew."""
    replicated.emit(created("a1"))
    wait_until(lambda: replicated.root.jobs() == ["a1"], "the replica has it")
    seen, position = {}, replicated.root.get("/jobs").headers["Jobtrail-Stream-From"]
    for turn in range(1, 9):
        stream = replicated.stream(replicated.apis[turn % 2], position)
        replicated.emit(progressed("a1", turn * 10))
        if turn % 4 < 2:
            stream.wait_for(lambda it, turn=turn: it.jobs().get("a1", {}).get("progress") == turn * 10,
                            "it is told")
        position = stream.last_id
        stream.close()
        seen.update(stream.jobs())
        if stream.of("reset"):
            seen.update({"a1": replicated.apis[turn % 2].member("root", "Administrator").get("/jobs/a1").json()})
    stream = replicated.stream(replicated.reading, position)
    wait_until(lambda: (seen.update(stream.jobs()), stream.of("reset") or seen["a1"]["progress"] == 80)[1],
               "the last state is known")


class Locked:
    """Holds a table of the primary, and so of the replica, until it is closed."""

    def __init__(self, world, table):
        self.connection = psycopg.connect(world.conninfo)
        self.connection.execute(f"lock table {table} in access exclusive mode")
        # So that it is sent.
        world.execute("select pg_current_xact_id(); select pg_switch_wal()")

    def close(self):
        self.connection.commit()
        self.connection.close()


def test_what_replay_is_in_the_way_of_is_asked_again(replicated):
    """A question waits for one table while another one that it holds is wanted: it is cancelled, and
    nobody learns of it."""
    replica, world = replicated.replica, replicated.world
    replicated.emit(created("a1"))
    for process in (replicated.projector, replicated.reader):
        process.stop()
    replica.stop(signal.SIGINT)
    replica.start("max_standby_streaming_delay=0", "max_standby_archive_delay=0")
    replicated.reader = replicated.read(**{"http.readers": 1})
    assert replicated.root.jobs() == ["a1"]

    def waits_since():
        """When the transaction began that waits for a lock; None: none does."""
        return replica.ask("select max(xact_start) from pg_stat_activity where application_name = 'http'"
                           " and wait_event_type = 'Lock'")

    answers = []
    commands = Locked(world, "jobtrail.cancel_command")
    wait_until(lambda: replica.ask("select count(*) from pg_locks where mode = 'AccessExclusiveLock'"
                                   " and locktype = 'relation'"), "the replica has it locked")
    asking = threading.Thread(target=lambda: answers.append(replicated.root.get("/jobs/a1")))
    asking.start()
    first = wait_until(waits_since, "the question waits")
    jobs = Locked(world, "jobtrail_p1.job")
    wait_until(lambda: (again := waits_since()) and again > first, "it was cancelled, and is asked again")
    jobs.close()
    commands.close()
    asking.join(30)
    assert [answer.status_code for answer in answers] == [200]
    replica.stop(signal.SIGINT)
    replica.start()


def test_a_replica_that_is_promoted_goes_on(serve, tmp_path):
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    primary = OwnPostgres().start()
    replica = OwnReplica(primary).start()
    mine = None
    try:
        mine = Replicated(primary, replica, serve, tmp_path)
        # Whoever writes finds the one that takes writes, whichever it is.
        both = f"host={primary.folder},{replica.folder} port={primary.port},{replica.port}"
        where = psycopg.conninfo.make_conninfo(f"{both} user=jobtrail", dbname=mine.world.name,
                                               target_session_attrs="read-write")
        for process in (mine.projector, mine.reader):
            process.stop()
        settings = {**mine.world.settings(), "postgres.conninfo": where}
        mine.projector = serve(mine.writing.settings(settings))
        mine.reader = mine.read(**{"postgres.conninfo": where})
        mine.emit(created("a1"))
        wait_until(lambda: mine.root.jobs() == ["a1"], "the replica has it")
        stream = mine.stream(mine.reading)
        replica.follow()
        primary.stop()
        replica.promote()
        mine.world.conninfo, mine.world.home = mine.where, replica.conninfo
        mine.emit(progressed("a1", 50))
        stream.wait_for(lambda it: it.of("reset") and it.jobs().get("a1", {}).get("progress") == 50,
                        "the stream goes on, from a new beginning")
        assert mine.ada.get("/jobs/a1").json()["progress"] == 50
        wait_until(lambda: mine.ada.ask("DELETE", "/jobs/a1").status_code == 202, "it is decided where it is now")
        assert mine.ada.get("/jobs/a1").json()["cancelling"] == "open"
        wait_until(lambda: mine.reader.get("/readyz")[0] == 200, "it is ready")
    finally:
        if mine:
            for each in (*mine.streams, mine.projector, mine.reader):
                each.close()
        replica.remove()
        primary.remove()
