# SPDX-License-Identifier: Apache-2.0
"""Who migrates, who serves and who only administers a role, alike on each PostgreSQL: each of them is
served, or is told the command that mends it, and obeys it. Run for other versions by `./dev test`."""
import re

import psycopg
import pytest

from command import run
from examination import Examination
from http_api import Api
from jobtrail_process import run_jobtrail
from own_postgres import OwnPostgres

pytestmark = [pytest.mark.xdist_group("roles"), pytest.mark.any_postgres]


class Server(OwnPostgres):
    """Its superuser is jobtrail; roles are all databases'."""

    def connected(self, database="postgres", user="jobtrail"):
        return psycopg.conninfo.make_conninfo(self.conninfo, dbname=database, user=user)

    def ask(self, statements, database="postgres", user="jobtrail"):
        """The first value of the last answer, if there is one."""
        with psycopg.connect(self.connected(database, user), autocommit=True) as connection:
            cursor = connection.execute(statements)
            while cursor.nextset():
                pass
            return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture(name="server", scope="module")
def fixture_server(postgres):  # pylint: disable=unused-argument
    server = Server()
    yield server.start()
    server.remove()


class Place:
    """A database, and the role that serves from it."""

    def __init__(self, server, folder, database, user):
        self.server, self.database, self.user = server, database, user
        self.api = Api(folder)
        self.settings = self.api.settings({"postgres.conninfo": server.connected(database, user)})

    def examined(self):
        return Examination(self.settings, "--only", "http")

    def obey(self, command, user="jobtrail"):
        self.server.ask(command, self.database, user)

    def serves(self, serve):
        """Doctor finds no error, and the API answers."""
        found = self.examined()
        assert not found.of_level("error"), found.text()
        found.the("ok", "reader", "every organisation")
        running = serve(self.settings, "--only", "http")
        assert self.api.member("root", "Administrator").jobs() == []
        running.stop()


def made(server, folder, role, options=""):
    """A role that owns a database of its own."""
    server.ask(f"create role {role} login {options}; ")
    server.ask(f"create database {role} owner {role}")
    return Place(server, folder, role, role)


def test_who_may_create_roles_serves(server, tmp_path, serve):
    put_reader_aside(server)
    first = made(server, tmp_path, "maker", "createrole")
    run_jobtrail(first.settings, "migrate")
    first.serves(serve)
    # The reader role is there already, and since PostgreSQL 16 is not for every such role to grant.
    second = made(server, tmp_path, "other_maker", "createrole")
    code, _, words = run(second.settings, "migrate")
    assert code == 0, words
    told = re.findall(r"have an administrator run (GRANT .*?), or", words)
    for command in told:
        second.obey(command)
    assert bool(told) == (server.ask("show server_version_num") >= "160000")
    second.serves(serve)


def put_reader_aside(server):
    """As on a server that never had a reader role."""
    if server.ask("select to_regrole('jobtrail_reader')"):
        server.ask("alter role jobtrail_reader rename to reader_put_aside")


def test_an_ordinary_role_serves_once_it_is_let(server, tmp_path, serve):
    put_reader_aside(server)
    place = made(server, tmp_path, "plain")
    run_jobtrail(place.settings, "migrate")
    place.examined().the("error", "reader", "CREATE ROLE jobtrail_reader NOLOGIN")
    place.obey("create role jobtrail_reader nologin")
    wrong = place.examined().the("error", "reader", "admit_reader")
    assert wrong["command"].startswith("GRANT jobtrail_reader TO plain")
    place.obey(wrong["command"])
    wrong = place.examined().the("error", "reader", "may not read yet")
    place.obey(wrong["command"], place.user)
    place.serves(serve)


def test_a_member_that_does_not_inherit_is_told_how_to(server, tmp_path, serve):
    server.ask("create database theirs")
    run_jobtrail(Place(server, tmp_path, "theirs", "jobtrail").settings, "migrate")
    server.ask("create role lean login noinherit in role jobtrail_owner, pg_monitor")
    place = Place(server, tmp_path, "theirs", "lean")
    found = place.examined()
    found.the("error", "schema", "as a member that inherits")
    wrong = found.the("error", "owners", "does not have its rights", "jobtrail_owner")
    place.obey(wrong["command"])
    hidden = place.examined().the("ok", "space", "we may not ask") if server.ask(
        "select not pg_has_role('lean', 'pg_monitor', 'USAGE')") else None
    if hidden:  # up to PostgreSQL 15 it inherits all or nothing
        place.obey(hidden["command"])
    place.examined().the("ok", "space", "max_wal_size is", "WAL")
    run_jobtrail(place.settings, "migrate")
    place.serves(serve)


def test_who_has_the_rights_and_may_not_become_the_owner_is_warned(server, tmp_path):
    place = made(server, tmp_path, "kept")
    run_jobtrail(place.settings, "migrate")
    server.ask("create role bound login")
    if server.ask("show server_version_num") < "160000":
        with pytest.raises(psycopg.errors.SyntaxError):  # a grant was all or nothing
            server.ask("grant kept to bound with inherit true, set false")
        return
    server.ask("grant kept to bound with inherit true, set false")
    place = Place(server, tmp_path, "kept", "bound")
    wrong = place.examined().the("warning", "owners", "jobtrail migrate has to", "kept")
    place.obey(wrong["command"])
    assert not place.examined().bad("owners")


def test_an_administrator_of_the_owner_is_not_the_owner(server, tmp_path):
    server.ask("create role boss login createrole")
    server.ask("create role held login", user="boss")
    server.ask("create database held owner held")
    place = Place(server, tmp_path, "held", "held")
    run_jobtrail(place.settings, "migrate")
    if not server.ask("select to_regrole('jobtrail_reader')"):
        place.obey("create role jobtrail_reader nologin; grant jobtrail_reader to held")
        place.obey("select jobtrail.admit_reader()", "held")
    server.ask("grant jobtrail_reader to boss; grant jobtrail_reader to held")
    assert server.ask("select jobtrail.reads_any_organization()", "held", "boss") is False
    assert server.ask("select jobtrail.reads_any_organization()", "held", "held") is True
    wrong = place.examined().the("warning", "rights", "sees no job", "boss")
    place.obey(wrong["command"].replace("ORGANISATION", "org-a"))
    assert "boss" not in place.examined().bad("rights")
    # Who may only give a role to others is no reader of its own.
    server.ask("create role clerk login createrole")
    server.ask("grant jobtrail_reader to clerk with admin option" if server.ask("show server_version_num") < "160000"
               else "grant jobtrail_reader to clerk with admin true, inherit false, set false")
    assert ("clerk" in place.examined().bad("rights")) == (server.ask("show server_version_num") < "160000")
