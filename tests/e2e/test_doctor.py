# SPDX-License-Identifier: Apache-2.0
"""jobtrail doctor: each thing that is wrong is found, is mended by the command that is told, and
nothing is changed by looking."""
import contextlib
import http.server
import json
import os
import re
import shlex
import socket
import subprocess
import threading
import time

import psycopg
import pytest
from confluent_kafka.admin import NewTopic

from examination import Examination, obey_kafka
from http_api import Api
from jobtrail_process import environment_of, free_port, run_jobtrail
from needs import need
from own_kafka import OwnKafka
from own_postgres import OwnPostgres
from own_replica import OwnReplica
from small_registry import SmallRegistry
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World


def everything(world):
    """All that looking could change."""
    tables = [row["name"] for row in world.rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables"
        " where schemaname ~ '^jobtrail' order by 1")]
    sequences = [row["name"] for row in world.rows(
        "select format('%I.%I', schemaname, sequencename) as name from pg_sequences"
        " where schemaname ~ '^jobtrail' order by 1")]
    return ([world.rows(f"select t::text from {table} as t order by 1") for table in tables],
            [world.rows(f"select last_value, is_called from {sequence}") for sequence in sequences])


def groups(world):
    return {group.group_id for group in world.admin.list_consumer_groups().result(30).valid}


# --- all is well ---

def test_nothing_is_wrong_and_nothing_is_changed(migrated, serve):
    settings = {**migrated.settings(), "topic.events": migrated.topics["events"]}
    before, groups_before = everything(migrated), groups(migrated)
    found = Examination(settings)
    assert found.status == 0, found.text()
    found.the("ok", "positions", "4 are new", migrated.topics["events"])
    assert everything(migrated) == before  # no position was recorded
    assert migrated.name not in groups(migrated) - groups_before
    running = serve(settings)
    migrated.produce("events", stories(range(3)))
    wait_for_equal(lambda: statuses(migrated), {"successful": 3}, "three jobs are there")
    wait_until(migrated.is_caught_up, "all is projected")
    found = Examination({**settings, "admin.listen": f"127.0.0.1:{running.port}"})
    assert found.status == 0, found.text()
    found.the("ok", "positions", "0 records to read", migrated.topics["events"])
    found.the("ok", "ports", "by the serve that runs")
    running.stop()


def test_for_people_it_is_plain_lines_with_the_command_below(world):
    done = subprocess.run([need("DEV_JOBTRAIL")[0], "doctor", "--only", "project"],
                          env=environment_of(world.settings()), capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "\x1b" not in done.stdout
    assert re.search(r"^error +schema +the database lacks \d+ migrations.*\n +jobtrail migrate$", done.stdout,
                     re.MULTILINE), done.stdout
    assert re.search(r"^warning +positions +not looked at: first mend what schema found$", done.stdout, re.MULTILINE)
    assert re.search(r"^\d+ errors, \d+ warnings, \d+ in order$", done.stdout, re.MULTILINE)
    assert "keeps the service from its work" in done.stderr


# --- PostgreSQL ---

WRONG = """
insert into jobtrail.change (job_ids, organization_ids) values ('{}', '{}'), ('{}', '{}');
alter sequence jobtrail.change_id_seq restart;
alter table jobtrail_p1.job disable row level security;
drop policy organization on jobtrail_p1.job_count;
create policy mine on jobtrail.dead_letter using (true);
alter view jobtrail.job reset (security_invoker);
create function jobtrail.mine() returns trigger language plpgsql as 'begin return new; end';
create trigger mine before insert on jobtrail_p1.job for each row execute function jobtrail.mine();
alter table jobtrail_p1.job set (autovacuum_enabled = false);
grant insert on jobtrail.dead_letter to public;
insert into jobtrail.outbox (created_at, request) select now() - interval '2 hours', id from jobtrail.cancel_request;
"""


def obey_sql(world, found, *checks):
    for check in checks:
        for command in found.commands(check):
            world.execute(command)


def test_what_somebody_did_to_the_schema_is_found_and_mended(migrated):
    settings = migrated.settings()
    migrated.execute(WRONG)
    before = everything(migrated)
    with psycopg.connect(migrated.conninfo) as forgotten:
        forgotten.execute("select 1")
        found = Examination(settings, "--only", "project", "--old-after", "0")
        pid = forgotten.info.backend_pid
        assert found.the("warning", "transactions", "idle in transaction", f"session {pid}")["command"] == \
            f"SELECT pg_terminate_backend({pid});"
        assert everything(migrated) == before
        found.the("warning", "sequences", "stands behind", "jobtrail.change_id_seq")
        found.the("error", "rights", "row-level security is off", "jobtrail_p1.job")
        found.the("error", "rights", "is missing", "jobtrail_p1.job_count")
        found.the("warning", "rights", "policy mine", "jobtrail.dead_letter")
        found.the("error", "rights", "does not ask as who reads", "jobtrail.job")
        found.the("warning", "rights", "trigger mine", "jobtrail_p1.job")
        found.the("warning", "rights", "search_path", "jobtrail.mine()")
        found.the("warning", "rights", "jobtrail.dead_letter", "PUBLIC")
        found.the("error", "settings", "autovacuum is off", "jobtrail_p1.job")
        obey_sql(migrated, found, "sequences", "rights", "settings", "transactions")
        with contextlib.suppress(psycopg.Error):
            forgotten.rollback()  # its session was ended
    found = Examination(settings, "--only", "project")
    assert found.status == 0 and not [found.bad(check) for check in ("sequences", "rights", "settings", "transactions")
                                      if found.bad(check)], found.text()


@pytest.fixture(name="server")
def fixture_server():
    """A PostgreSQL of the test's own, with some settings that one should not have."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    server = OwnPostgres().start("max_prepared_transactions=2", "autovacuum=off", "max_connections=12",
                                 "superuser_reserved_connections=1")
    yield server
    server.remove()


@pytest.mark.long
def test_what_holds_vacuum_and_wal_back(server):
    world = World(server.conninfo)
    run_jobtrail(world.settings(), "migrate")
    world.execute("select pg_create_physical_replication_slot('forgotten', true)")
    with psycopg.connect(world.conninfo) as connection:
        connection.execute("create table mine (); prepare transaction 'forgotten'")
    found = Examination({**world.settings(), "workers": 16}, "--only", "project", "--old-after", "0",
                        is_durable=True)
    found.the("error", "settings", "damages the database", "fsync")
    found.the("error", "settings", "nothing vacuums", "autovacuum")
    found.the("error", "connections", "11 are allowed", "max_connections")
    found.the("warning", "slots", "nobody uses it", "slot forgotten")
    found.the("error", "transactions", "prepared a transaction", "prepared 'forgotten'")
    found.the("warning", "owners", "superuser", "jobtrail")
    assert found.of("space", "WAL")[0]["level"] == "ok" and "max_wal_size" in found.of("space", "WAL")[0]["finding"]
    obey_sql(world, found, "slots", "transactions")
    found = Examination(world.settings(), "--only", "project", "--old-after", "3600")
    assert not found.bad("slots") and not found.bad("transactions") and not found.bad("connections"), found.text()
    world.close()


@pytest.mark.long
def test_a_role_without_the_owners_rights(server, tmp_path):
    world = World(server.conninfo)
    run_jobtrail(world.settings(), "migrate")
    world.execute("create role service login")
    own = psycopg.conninfo.make_conninfo(world.conninfo, user="service")
    settings = Api(tmp_path).settings({**world.settings(), "postgres.conninfo": own})
    found = Examination(settings, "--only", "http")
    found.the("error", "schema", "permission denied")
    found.the("warning", "reader", "first mend what schema found")
    wrong = found.the("error", "owners", "serve cannot write there", "jobtrail_owner")
    world.execute(wrong["command"] + "revoke jobtrail_reader from jobtrail_owner")
    found = Examination(settings, "--only", "http")
    assert not found.bad("owners") and not found.bad("schema"), found.text()
    wrong = found.the("error", "reader", "GRANT jobtrail_reader")
    world.execute(wrong["command"])
    found = Examination(settings, "--only", "http")
    found.the("ok", "reader", "every organisation")
    # Somebody who may read, but to whom nobody gave an organisation.
    world.execute("create role analyst login in role jobtrail_reader")
    found = Examination(settings, "--only", "http")
    wrong = found.the("warning", "rights", "sees no job", "analyst")
    world.execute(wrong["command"].replace("ORGANISATION", "org-a"))
    assert not Examination(settings, "--only", "http").bad("rights")
    world.close()


@pytest.mark.long
def test_a_replica_that_stands_still(server, tmp_path):
    world = World(server.conninfo)
    run_jobtrail(world.settings(), "migrate")
    settings = Api(tmp_path).settings(world.settings())
    replica = OwnReplica(server).start("max_prepared_transactions=2")
    reads = psycopg.conninfo.make_conninfo(replica.conninfo, dbname=world.name)
    settings["http.read-conninfo"] = reads
    wait_until(lambda: psycopg.connect(reads).close() is None, "the replica has the database")
    replica.follow()
    found = Examination(settings, "--only", "http")
    found.the("ok", "replica", "a replica")
    found.the("warning", "replica", "off", "hot_standby_feedback")
    found.the("ok", "reader", "from the replica")
    replica.pause()
    wrong = Examination(settings, "--only", "http").the("error", "replica", "paused", "replay")
    replica.ask(wrong["command"].rstrip(";"))
    assert "replay" not in Examination(settings, "--only", "http").bad("replica")
    replica.remove()
    found = Examination(settings, "--only", "http")
    assert found.bad("replica") == {None: "error"} and found.bad("reader") == {None: "error"}, found.text()
    found = Examination({**settings, "http.read-conninfo": world.conninfo}, "--only", "http")
    found.the("warning", "replica", "is no replica")
    found = Examination({**settings, "postgres.conninfo": "host=127.0.0.1 port=1"}, "--only", "http")
    assert found.bad("postgres") == {None: "error"}
    world.close()


# --- Kafka ---

def test_topics_that_are_missing_or_set_up_wrongly(migrated):
    settings = migrated.settings()
    events, requests = migrated.topics["events"], migrated.topics["cancel-requests"]
    migrated.delete_topic("commands")
    migrated.set_topic("events", "cleanup.policy", "compact")
    migrated.set_topic("cancel-requests", "message.timestamp.type", "CreateTime")
    migrated.set_topic("cancel-requests", "retention.ms", 60000)
    migrated.set_topic("cancel-decisions", "cleanup.policy", "compact")
    found = Examination(settings)
    found.the("error", "topics", "cleanup.policy=compact", events)
    found.the("error", "topics", "the senders' timestamps", requests)
    found.the("warning", "topics", "60 s only", requests)
    found.the("warning", "topics", "misses the others", migrated.topics["cancel-decisions"])
    found.the("warning", "topics", "when it was published", migrated.topics["dead-letters"])
    missing = found.the("error", "topics", "the topic is missing (topic.commands)", migrated.topics["commands"])
    words = shlex.split(missing["command"])
    assert words[:3] == ["kafka-topics", "--bootstrap-server", migrated.bootstrap], missing
    migrated.create_topics([NewTopic(words[words.index("--topic") + 1], int(words[words.index("--partitions") + 1]), 1)])
    for command in found.commands("topics"):
        if command.startswith("kafka-configs"):
            obey_kafka(migrated, command)
    found = Examination(settings)
    assert not found.bad("topics") and found.status == 0, found.text()


def test_positions_that_do_not_fit_their_logs(migrated):
    settings, events = migrated.settings(), migrated.topics["events"]
    run_jobtrail(settings, "positions", "set", events, "2", "1000")
    found = Examination(settings, "--only", "project")
    past = found.the("error", "positions", "the log ends at 0", f"{events} [2]")
    assert list(found.bad("positions")) == [f"{events} [2]"]
    run_jobtrail(settings, *shlex.split(past["command"])[1:])
    found = Examination(settings, "--only", "project")
    assert found.status == 0 and not found.bad("positions"), found.text()


@pytest.mark.long
def test_another_record_where_one_was_read(migrated, serve):
    settings, events = migrated.settings(), migrated.topics["events"]
    migrated.produce("events", stories(range(20)))
    running = serve(settings, "--only", "project")
    wait_for_equal(lambda: statuses(migrated), {"successful": 20}, "twenty jobs are there")
    running.stop()
    found = Examination(settings, "--only", "project")
    assert not found.bad("positions"), found.text()
    migrated.delete_topic("events")
    migrated.create_topics([NewTopic(events, 4, 1, config={"cleanup.policy": "delete"})])
    migrated.produce("events", stories(range(100, 140)))
    found = Examination(settings, "--only", "project")
    found_of = found.of("positions")
    assert {each["level"] for each in found_of} == {"error"}, found.text()
    assert "is not the one that was read there" in found_of[0]["finding"]


def test_unread_records_that_retention_is_about_to_delete(migrated):
    settings, events = migrated.settings(), migrated.topics["events"]
    migrated.produce("events", stories(range(5)))
    migrated.set_topic("events", "retention.ms", 3600 * 1000)
    for partition in range(4):
        run_jobtrail(settings, "positions", "set", events, str(partition), "0")
    assert not Examination(settings, "--only", "project").bad("positions")
    migrated.set_topic("events", "retention.ms", 1)
    found = Examination(settings, "--only", "project")
    found.the("error", "positions", "any moment", events)
    found.the("warning", "topics", "0 s only", events)


@pytest.mark.long
def test_who_may_write_the_topics():
    kafka = OwnKafka(brokers=1, settings="authorizer.class.name=org.apache.kafka.metadata.authorizer."
                                         "StandardAuthorizer\nsuper.users=User:ANONYMOUS\n").start()
    try:
        world = World(bootstrap=kafka.bootstrap)
        run_jobtrail(world.settings(), "migrate")
        found = Examination(world.settings())
        found.the("warning", "writers", "no access control entry", world.topics["commands"])
        kafka.allow("User:jobtrail", world.topics["commands"])
        kafka.allow("User:*", world.topics["events"])
        kafka.allow("User:portal", world.topics["cancel-requests"])
        wait_until(lambda: Examination(world.settings()).of("writers", world.topics["commands"])[0]["level"] == "ok",
                   "one may write commands")
        found = Examination(world.settings())
        found.the("error", "writers", "everybody may write it", world.topics["events"])
        found.the("ok", "writers", "User:portal", world.topics["cancel-requests"])
        kafka.allow("User:somebody", world.topics["commands"])
        wait_until(lambda: Examination(world.settings()).the(
            "error", "writers", "User:somebody", world.topics["commands"]), "two may write commands")
        world.close()
    finally:
        kafka.remove()


# --- keys, tokens, clocks, registry, ports ---

@pytest.fixture(name="token_file")
def fixture_token_file(tmp_path):
    def write(token):
        path = tmp_path / "token"
        path.write_text(token + "\n", encoding="ascii")
        return str(path)
    return write


def test_a_given_token(migrated, tmp_path, token_file):
    api = Api(tmp_path)
    settings = api.settings(migrated.settings())

    def look(**claims):
        token = api.token(**claims)
        found = Examination(settings, "--only", "http", "--token-file", token_file(token))
        assert token.split(".")[2] not in found.text() + found.errors
        return found

    look().the("ok", "token", "ada in org-a, Manager", "claims")
    look(aud="another").the("error", "token", "audience")
    look(iss="https://another.example").the("error", "token", "issuer")
    look(exp=1000).the("error", "token", "expired")
    look(role="Wizard").the("warning", "token", "sees no job", "claims")
    look(member="").the("error", "token", "does not know who it is", "claims")
    look(organization=None).the("warning", "token", "names no organisation", "claims")
    (tmp_path / "jwks.json").write_text('{"keys": []}', encoding="ascii")
    found = look()
    found.the("error", "keys", "no key that tokens can be verified with", "auth.jwks")
    found.the("error", "token", "key")


@pytest.fixture(name="issuer_of")
def fixture_issuer_of():
    """issuer_of(key set, behind_s) is the address of an issuer whose clock is behind, and who calls
    itself otherwise."""
    servers = []

    def start(jwks, behind_s):
        class Handler(http.server.BaseHTTPRequestHandler):
            """Two addresses."""

            def do_GET(self):  # pylint: disable=invalid-name
                known = {"/keys": jwks, "/realm/.well-known/openid-configuration": json.dumps(
                    {"issuer": "https://localhost.example"})}
                body = known.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def date_time_string(self, timestamp=None):
                return super().date_time_string(time.time() - behind_s)

            def log_message(self, format, *args):  # pylint: disable=redefined-builtin
                pass

        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_issuer_that_says_otherwise_and_whose_clock_is_behind(migrated, tmp_path, issuer_of):
    api = Api(tmp_path)
    issuer = issuer_of(api.jwks.read_text(encoding="utf-8"), behind_s=3600)
    settings = {**api.settings(migrated.settings()), "auth.issuer": issuer + "/realm", "auth.jwks": issuer + "/keys"}
    found = Examination(settings, "--only", "http")
    assert "localhost.example" in found.the("error", "keys", "says that its issuer is", "auth.issuer")["command"]
    found.the("ok", "keys", "1 keys", "auth.jwks")
    behind = found.the("error", "clocks", "behind our clock", "the issuer's")
    assert 3_590_000 < int(behind["finding"].split()[0]) < 3_610_000


def test_a_clock_that_is_ahead(migrated):
    """Ours, by an hour. What Kafka's is, a record tells."""
    ahead = {"LD_PRELOAD": os.path.join(need("DEV_BUILD")[0], "tests/support/libclock_ahead.so")}
    migrated.produce("cancel-requests", [("k", b"any", [])])
    wrong = Examination(migrated.settings(), environment=ahead).the("error", "clocks", "behind our clock", "PostgreSQL's")
    assert 3_590_000 < int(wrong["finding"].split()[0]) < 3_610_000
    found = Examination(migrated.settings())
    found.the("ok", "clocks", "not ahead of ours", "Kafka's")
    assert not found.bad("clocks"), found.text()


@pytest.mark.long
@pytest.mark.parametrize("kind", ["nothing listens", "says nothing"])
def test_nobody_answers_and_it_ends_all_the_same(migrated, tmp_path, kind):
    """All at once: none keeps the others from being looked at."""
    with contextlib.ExitStack() as stack:
        port = free_port()
        if kind == "says nothing":
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            port = listener.getsockname()[1]
        api = Api(tmp_path)
        settings = {**api.settings(migrated.settings()),
                    "postgres.conninfo": f"host=127.0.0.1 port={port} user=x dbname=x",
                    "kafka.bootstrap.servers": f"127.0.0.1:{port}",
                    "schema.registry.url": f"http://127.0.0.1:{port},http://127.0.0.1:{port}/two",
                    "auth.jwks": f"http://127.0.0.1:{port}/keys"}
        found = Examination(settings, "--timeout", "4")
        assert found.bad("postgres") == {None: "error"} and found.bad("kafka") == {None: "error"}, found.text()
        assert found.bad("registry").keys() <= {None, "address 1", "address 2"} and found.bad("registry")
        assert found.bad("keys") == {"auth.jwks": "error"}
        for check in ("schema", "settings", "topics", "positions"):
            assert found.bad(check) == {None: "warning"}, found.text()
        assert found.of("clocks") and found.of("ports")


def test_a_registry_that_refuses_and_one_that_answers(migrated):
    registry = SmallRegistry().start()
    try:
        settings = {**migrated.settings(), "schema.registry.url": f"{registry.url}/nowhere"}
        wrong = Examination(settings, "--only", "project").the("error", "registry", "status 404", "address 1")
        assert wrong["command"] == f"curl -i {registry.url}/nowhere/subjects"
        settings["schema.registry.url"] = "http://user:hunter2@127.0.0.1:1"
        found = Examination(settings, "--only", "project")
        assert found.bad("registry") == {"address 1": "error"} and "hunter2" not in found.text()
    finally:
        registry.stop()
    if migrated.registry:
        settings["schema.registry.url"] = migrated.registry
        found = Examination(settings, "--only", "project")
        assert found.bad("registry") == {"address 1": "warning"}
        found.the("warning", "registry", "counts by content ids", "address 1")
        settings |= {"schema.registry.kind": "apicurio", "schema.registry.url":
                     migrated.registry.replace("/apis/ccompat/v7", "/apis/registry/v3")}
        assert not Examination(settings, "--only", "project").bad("registry")


def test_a_port_that_another_program_has(migrated):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        settings = {**migrated.settings(), "admin.listen": f"127.0.0.1:{port}"}
        wrong = Examination(settings, "--only", "project").the("error", "ports", "in use", "admin.listen")
        assert wrong["command"] == f"ss -ltnp 'sport = :{port}'"


def test_what_the_configuration_lacks(migrated):
    settings = migrated.settings()
    del settings["cancel.requests.authentication"]
    Examination(settings).the("error", "configuration", "cancel.requests.authentication")
    del settings["kafka.bootstrap.servers"]
    found = Examination(settings)
    found.the("error", "configuration", "kafka.bootstrap.servers")
    found.the("error", "kafka", "kafka.bootstrap.servers")
