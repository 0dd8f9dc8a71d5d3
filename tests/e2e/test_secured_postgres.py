# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL as it is secured: verify-full, passwords and certificates that change while jobtrail runs."""
import pytest

from asking import created
from certificates import Authority
from jobtrail_process import run_jobtrail
from needs import need
from secured_postgres import SecuredPostgres
from waiting import wait_until
from world import PARTITIONS, World

# One server for all of them.
pytestmark = pytest.mark.xdist_group("secured_postgres")


@pytest.fixture(name="server", scope="module")
def fixture_server():
    server = SecuredPostgres().start()
    server.execute("create role by_password login createrole; create role by_certificate login createrole")
    yield server
    server.remove()


@pytest.fixture(name="world")
def fixture_world(server):
    """In that server's place."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    world = World(home=server.conninfo)
    server.execute(f"grant create on database {world.name} to by_password, by_certificate")
    yield world
    world.close()


def project(world, job_id):
    """A job that is sent becomes a row."""
    world.produce("events", [created(job_id)])
    wait_until(lambda: world.rows("select 1 from jobtrail.job where job_id = %s", (job_id,)), f"{job_id} is there", 120)


def refused_then_mended(running, server, role, words, mend):
    """The sessions end, none can be made anew, for a reason with these words, and the process waits until mend()
    was done."""
    server.cut(role)
    wait_until(lambda: words in running.log.read_text(encoding="utf-8"), f"it says {words}", 120)
    wait_until(lambda: "PostgreSQL" in running.get("/readyz")[1], "it is not ready", 120)
    mend()
    running.wait_ready(120)


# How a password is given: the option, what of the file it wants, what the file has.
WAYS = {"file": ("postgres.password.file", "{}", "{}\n"), "command": ("postgres.password.command", "cat {}", "{}\n")}


@pytest.mark.parametrize("way", ["file", pytest.param("command", marks=pytest.mark.long)])
def test_a_password_that_changes(server, world, serve, tmp_path, way):
    """Also before its new one is where jobtrail reads it."""
    option, value, content = WAYS[way]
    kept = tmp_path / "password"

    def keep(password):
        kept.write_text(content.format(password), encoding="ascii")

    server.execute("alter role by_password password 'first ''one'")
    keep("first 'one")
    settings = {**world.settings(), **server.options("by_password", world.name), option: value.format(kept)}
    run_jobtrail(settings, "migrate")
    running = serve(settings)
    project(world, "one")
    server.execute("alter role by_password password 'se-cond'")
    refused_then_mended(running, server, "by_password", "password authentication failed", lambda: keep("se-cond"))
    project(world, "two")
    server.execute("alter role by_password password 'third'")
    keep("third")
    server.cut("by_password")
    project(world, "three")
    assert len(world.jobs("org-a")) == 3
    running.stop()
    assert "se-cond" not in running.log.read_text(encoding="utf-8")


def test_a_password_that_cannot_be_had(server, world, serve, tmp_path):
    """At the start that is a wrong configuration, later it is waited for."""
    kept = tmp_path / "password"
    settings = {**world.settings(), **server.options("by_password", world.name), "postgres.password.command": f"cat {kept}"}
    run_jobtrail(settings, "migrate", status=3)
    server.execute("alter role by_password password 'fourth'")
    kept.write_text("fourth", encoding="ascii")
    run_jobtrail(settings, "migrate")
    running = serve(settings)
    kept.unlink()
    refused_then_mended(running, server, "by_password", "postgres.password.command: the command ended with status 1",
                        lambda: kept.write_text("fourth", encoding="ascii"))
    project(world, "one")
    running.stop()


def test_libpqs_own_password_file(server, world, serve, tmp_path):
    """postgres.passfile is libpq's: it reads it for each connection."""
    kept = tmp_path / "pgpass"
    kept.touch(0o600)
    kept.write_text("*:*:*:by_password:fifth\n", encoding="ascii")
    server.execute("alter role by_password password 'fifth'")
    settings = {**world.settings(), **server.options("by_password", world.name), "postgres.passfile": kept}
    run_jobtrail(settings, "migrate")
    running = serve(settings)
    project(world, "one")
    wait_until(lambda: running.log_text().count('who=gate msg="partition started"') == PARTITIONS,
               "nothing is about to connect with a password that is no more")
    server.execute("alter role by_password password 'sixth'")
    kept.write_text("*:*:*:by_password:sixth\n", encoding="ascii")
    server.cut("by_password")
    project(world, "two")
    running.stop()


def test_a_certificate_that_changes(server, world, serve):
    """The server trusts another authority from now on; the member's new certificate is read when it is there."""
    both = server.authority.give("by_certificate")
    settings = {**world.settings(), **server.options("by_certificate", world.name), "postgres.sslcert": both.with_suffix(".pem"),
                "postgres.sslkey": both.with_suffix(".key")}
    run_jobtrail(settings, "migrate")
    running = serve(settings)
    project(world, "one")
    # It writes its members' files where the first one did.
    other = Authority(server.files, "other")
    server.trust(other)
    refused_then_mended(running, server, "by_certificate", "unknown ca", lambda: other.give("by_certificate"))
    project(world, "two")
    running.stop()
    server.trust(server.authority)


def test_a_server_that_is_not_who_it_should_be(server, world, tmp_path):
    """verify-full: another authority, and another name than the certificate's."""
    server.execute("alter role by_password password 'seventh'")
    settings = {**world.settings(), **server.options("by_password", world.name), "postgres.password": "seventh"}
    said = run_jobtrail({**settings, "postgres.sslrootcert": Authority(tmp_path, "stranger").file}, "doctor", "--only", "http", status=1)
    assert "certificate verify failed" in said
    said = run_jobtrail({**settings, "postgres.host": "db.internal"}, "doctor", "--only", "http", status=1)
    assert 'does not match host name "db.internal"' in said
