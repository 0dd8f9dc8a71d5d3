# SPDX-License-Identifier: Apache-2.0
"""Kafka as it is secured: each way to prove who we are, README's rights and what becomes of one that is missing, and
secrets that change while jobtrail runs."""
import os
import pathlib
import time

import pytest

from asking import asked, created
from examination import Examination
from jobtrail_process import run_jobtrail
from needs import need
from secured_kafka import WAYS, SecuredKafka, newer_library, rights_of
from waiting import wait_until
from world import World

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
RIGHTS = [right for right in rights_of(README, {f"job.{topic}": topic for topic in
                                                ("events", "cancel-requests", "commands", "cancel-decisions", "dead-letters")},
                                       "jobtrail") if right.principal == "User:jobtrail"]
# One broker for all of them.
pytestmark = pytest.mark.xdist_group("secured_kafka")


@pytest.fixture(name="kafka", scope="module")
def fixture_kafka():
    kafka = SecuredKafka().start()
    yield kafka
    kafka.remove()


@pytest.fixture(name="world")
def fixture_world(kafka):
    """With README's rights for jobtrail."""
    need("JOBTRAIL_POSTGRES_CONNINFO", "DEV_JOBTRAIL")
    world = World(bootstrap=kafka.bootstrap)
    run_jobtrail(world.settings(), "migrate")
    world.rights = rights_of(README, {f"job.{topic}": name for topic, name in world.topics.items()}, world.name)
    kafka.grant(world.rights)
    yield world
    kafka.revoke(world.rights)
    world.close()


def send(world, job_id):
    """An event, a request and what is neither."""
    world.produce("events", [created(job_id), (job_id, b"no event", [])])
    world.produce("cancel-requests", [asked(job_id)])


def wait_for_all(world, job_id):
    """It became a row, a command, a decision and a dead letter."""
    wait_until(lambda: world.rows(
        "select 1 from jobtrail.cancellation c, jobtrail.dead_letter l, jobtrail.job j where decision = 'granted'"
        " and command_published_at is not null and decision_published_at is not null and published_at is not null"
        " and j.job_id = %s and c.job_id = j.job_id and l.key = convert_to(j.job_id, 'UTF8')", (job_id,)),
        f"all of {job_id} is there", 120)


def said(running):
    return running.get("/readyz")[1] + running.log.read_text(encoding="utf-8")


# --- each way ---

@pytest.mark.parametrize("way", [pytest.param(way, marks=[] if way == "oauth" else pytest.mark.long) for way in WAYS])
def test_each_way_to_prove_who_we_are(kafka, world, launch, tmp_path, way):
    """With no more rights than README gives."""
    environment = newer_library(tmp_path) if way == "scram" else {}
    settings = {**world.settings(), **kafka.client(way)}
    running = launch(settings, environment=environment).wait_ready()
    send(world, "one")
    wait_for_all(world, "one")
    found = Examination(settings, environment=environment)
    assert not found.bad("access"), found.text()
    found.the("ok", "access", "it may be read", world.topics["commands"])
    if way != "scram":  # whose library these commands do not have
        run_jobtrail(settings, "verify")
        run_jobtrail(settings, "rebuild")
        send(world, "two")
        wait_for_all(world, "two")
    running.stop()


@pytest.mark.long
def test_scram_of_an_old_librdkafka(kafka, world):
    """Kafka 4 refuses it; the words say that it is not the password."""
    settings = {**world.settings(), **kafka.client("scram")}
    found = Examination(settings, "--only", "project")
    if "librdkafka 2.0." in found.of("libraries")[0]["finding"]:
        found.the("error", "kafka", "older than 2.6.1")
    else:
        assert not found.bad("kafka")


def test_a_client_that_cannot_be_made(world):
    """With a secret that is to be renewed, too."""
    settings = {**world.settings(), "kafka.security.protocol": "sasl_ssl", "kafka.sasl.mechanism": "PLAIN",
                "kafka.ssl.ca.location": "/none/such", "kafka.sasl.username": "u", "kafka.sasl.password.command": "echo p"}
    found = Examination(settings, "--only", "project")
    assert "ssl.ca.location" in found.the("error", "kafka", "kafka.*")["finding"]


# --- rights ---

def right_id(right):
    return f"{right.operation.name}-{right.restype.name}-{right.name}"


def words_of(world, right):
    """What must be said of a right that is missing."""
    if right.operation.name == "DESCRIBE_CONFIGS":
        return "no right to read the topic's configuration"
    name = world.name if right.restype.name == "GROUP" else world.topics[right.name]
    return f"--operation {right.operation.name.title()} --{right.restype.name.lower()} {name}"


def the_same(world, right):
    """Of this world's own."""
    return [each for each in world.rights if right_id(each).replace(world.name + ".", "").replace(world.name, "jobtrail")
            == right_id(right) and each.principal == right.principal]


def miss(kafka, world, launch, right, before):
    """Without the right it says so, and with it again all is done, by the same process."""
    settings, missing = {**world.settings(), **kafka.client("certificate")}, the_same(world, right)
    assert len(missing) == 1
    running = launch(settings).wait_ready()
    send(world, "before")
    wait_for_all(world, "before")
    if before:
        running.stop()
        # So that what was published has to be read again.
        world.execute("delete from jobtrail.published_position")
    kafka.revoke(missing)
    if before:
        running = launch(settings)
    send(world, "one")
    wait_until(lambda: words_of(world, right) in said(running), f"it says {words_of(world, right)}", 150)
    kafka.grant(missing)
    wait_for_all(world, "one")
    assert len(world.rows("select 1 from jobtrail.job")) == len(world.rows("select 1 from jobtrail.cancel_command")) == 2
    running.wait_ready(120)
    running.stop()


def test_a_right_that_is_taken(kafka, world, launch):
    [right] = [each for each in RIGHTS if each.restype.name == "GROUP"]
    miss(kafka, world, launch, right, before=False)


@pytest.mark.long
@pytest.mark.parametrize("right", RIGHTS, ids=right_id)
def test_a_right_that_is_missing_at_the_start(kafka, world, launch, right):
    miss(kafka, world, launch, right, before=True)


# Once it runs, these are not asked for again.
@pytest.mark.long
@pytest.mark.parametrize("right", [each for each in RIGHTS if each.operation.name != "DESCRIBE_CONFIGS" and not (
    each.operation.name == "READ" and each.name in ("commands", "cancel-decisions"))], ids=right_id)
def test_a_right_that_is_taken_while_it_runs(kafka, world, launch, right):
    miss(kafka, world, launch, right, before=False)


@pytest.mark.parametrize("name", ["commands"] + [pytest.param(name, marks=pytest.mark.long) for name in ("events", "jobtrail")])
def test_doctor_names_a_right_to_read(kafka, world, name):
    [right] = [each for each in RIGHTS if each.operation.name == "READ" and each.name == name]
    settings = {**world.settings(), **kafka.client("certificate")}
    kafka.revoke(the_same(world, right))
    found = Examination(settings)
    finding = found.the("error", "access", "does not let us", world.name if name == "jobtrail" else world.topics[name])
    assert words_of(world, right) in finding["command"]
    kafka.grant(the_same(world, right))


# --- secrets that change ---

# So that a broker that is back is soon asked again.
SOON = {"kafka.reconnect.backoff.max.ms": 500}


def restart(kafka):
    """All connections end, and have to be made anew."""
    kafka.brokers[0].kill()
    kafka.brokers[0].start()
    kafka.await_all()


@pytest.mark.parametrize("how", ["file", pytest.param("command", marks=pytest.mark.long)])
def test_a_password_that_changes(kafka, world, launch, tmp_path, how):
    settings = {**world.settings(), **SOON, **kafka.client("scram")}
    kept = pathlib.Path(settings["kafka.sasl.password.file"])
    if how == "command":
        del settings["kafka.sasl.password.file"]
        settings["kafka.sasl.password.command"] = f"cat {kept}"
    running = launch(settings, environment=newer_library(tmp_path)).wait_ready()
    send(world, "one")
    wait_for_all(world, "one")
    kafka.set_password("jobtrail", "second")
    kept.write_text("second", encoding="ascii")
    restart(kafka)
    send(world, "two")
    wait_for_all(world, "two")
    running.wait_ready()
    running.stop()


@pytest.mark.long
@pytest.mark.parametrize("how", ["file", "command"])
def test_a_token_that_ends(kafka, world, launch, how):
    """Its successor is read in time."""
    settings = {**world.settings(), **SOON, **kafka.client("oauth")}
    kept = pathlib.Path(settings["kafka.sasl.oauthbearer.token.file"])
    kept.write_text(kafka.issuer.token("jobtrail", lasts_s=10), encoding="ascii")
    ends = time.time() + 10
    if how == "command":
        del settings["kafka.sasl.oauthbearer.token.file"]
        settings["kafka.sasl.oauthbearer.token.command"] = f"cat {kept}"
    running = launch(settings).wait_ready()
    next_token = kafka.issuer.token("jobtrail")
    os.replace(kept, kept.with_suffix(".old"))
    kept.write_text(next_token, encoding="ascii")
    wait_until(lambda: time.time() > ends, "the first token has ended")
    restart(kafka)
    send(world, "one")
    wait_for_all(world, "one")
    assert next_token not in running.log.read_text(encoding="utf-8")
    running.stop()
