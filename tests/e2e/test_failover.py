# SPDX-License-Identifier: Apache-2.0
"""Several servers in the connection string: one that hangs, a standby, a primary that was demoted
while sessions on it live on."""
import psycopg
import pytest

from jobtrail_process import run_jobtrail
from link import Link
from needs import need
from own_postgres import OwnPostgres
from own_replica import OwnReplica
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World

WRITERS = ("worker-0", "worker-1", "gate")


@pytest.fixture(name="pair")
def fixture_pair():
    """A primary and its replica, which can be reached by TCP too."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    primary = OwnPostgres().start("listen_addresses=127.0.0.1")
    replica = OwnReplica(primary).start("listen_addresses=127.0.0.1")
    yield primary, replica
    replica.remove()
    primary.remove()


@pytest.fixture(name="on_primary")
def fixture_on_primary(pair):
    world = World(pair[0].conninfo)
    run_jobtrail(world.settings(), "migrate")
    pair[1].follow()
    yield world
    world.conninfo = psycopg.conninfo.make_conninfo(pair[0].conninfo, dbname=world.name)
    with psycopg.connect(pair[0].conninfo, autocommit=True) as connection:
        connection.execute("alter system reset default_transaction_read_only")
        connection.execute("select pg_reload_conf()")
    wait_until(lambda: is_writable(pair[0]), "the first may be written again")
    world.close()


def is_writable(server):
    with psycopg.connect(server.conninfo) as connection:
        return connection.execute("show default_transaction_read_only").fetchone()[0] == "off"


def both(pair, world, **more):
    return psycopg.conninfo.make_conninfo(
        host=f"{pair[0].folder},{pair[1].folder}", port=f"{pair[0].port},{pair[1].port}",
        user="jobtrail", dbname=world.name, **more)


def demote(server):
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute("alter system set default_transaction_read_only = on")
        connection.execute("select pg_reload_conf()")


def end_sessions(server, *names):
    """Of jobtrail, by what they are for."""
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        return connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where application_name = any(%s)", (list(names),)).fetchone()[0]


def project(world, running, jobs):
    """Until that many jobs are there."""
    have = sum(statuses(world).values())
    world.produce("events", stories(range(have, jobs)))
    wait_for_equal(lambda: statuses(world), {"successful": jobs}, f"{jobs} jobs are there", 60)
    assert running.process.poll() is None


def test_a_first_host_that_hangs_is_left(migrated, serve):
    """It takes connections and says nothing, as a host without power does."""
    link = Link(1).start()
    link.freeze()
    parts = psycopg.conninfo.conninfo_to_dict(migrated.conninfo)
    parts |= {"host": f"127.0.0.1,{parts['host']}", "port": f"{link.port},{parts['port']}",
              "target_session_attrs": "read-write", "connect_timeout": 2}
    settings = {**migrated.settings(), "postgres.conninfo": psycopg.conninfo.make_conninfo(**parts)}
    running = serve(settings)
    project(migrated, running, 5)
    run_jobtrail(settings, "positions", "list")
    running.stop()
    link.stop()


def test_a_standby_is_told_as_that(pair, on_primary, launch):
    replica = psycopg.conninfo.make_conninfo(pair[1].conninfo, dbname=on_primary.name)
    running = launch({**on_primary.settings(), "postgres.conninfo": replica})
    wait_until(lambda: "the server is a standby" in running.log_text(), "it says so")
    wait_until(lambda: "PostgreSQL cannot be used yet: READ_ONLY_SERVER" in running.get("/readyz")[1],
               "it says why it is not ready")
    status, reasons = running.get("/readyz")
    assert status == 503 and "cannot be reached" not in reasons, reasons
    running.stop()


def test_a_demoted_primary_is_left(pair, on_primary, serve):
    """Its sessions live on; only those of the workers are ended, one after the other."""
    primary, replica = pair
    running = serve({**on_primary.settings(), "postgres.conninfo":
                     both(pair, on_primary, target_session_attrs="read-write")})
    project(on_primary, running, 5)
    replica.follow()
    replica.promote()
    demote(primary)
    on_primary.conninfo = psycopg.conninfo.make_conninfo(replica.conninfo, dbname=on_primary.name)
    end_sessions(primary, *WRITERS)
    project(on_primary, running, 15)
    end_sessions(replica, "worker-0")
    project(on_primary, running, 25)
    wait_until(lambda: "this process publishes no more" in running.log_text(), "the relay leaves it, too")
    assert end_sessions(primary, *WRITERS, "consumer", "relay") == 0, "nobody is left there"
    running.stop()


def test_a_primary_that_was_left_and_knows_nothing_of_it(pair, on_primary, serve):
    """An address that leads to another server from now on, while an old session lives on behind it:
    positions are read where rows are written."""
    primary, replica = pair
    link = Link(primary.port).start()
    running = serve({**on_primary.settings(), "postgres.conninfo": psycopg.conninfo.make_conninfo(
        host="127.0.0.1", port=link.port, user="jobtrail", dbname=on_primary.name)}, "--only", "project")
    project(on_primary, running, 5)
    replica.follow()
    replica.promote()
    link.server_port = replica.port
    on_primary.conninfo = psycopg.conninfo.make_conninfo(replica.conninfo, dbname=on_primary.name)
    end_sessions(primary, *WRITERS)
    project(on_primary, running, 15)
    end_sessions(replica, *WRITERS)
    project(on_primary, running, 25)
    running.stop()
    link.stop()
