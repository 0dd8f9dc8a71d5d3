# SPDX-License-Identifier: Apache-2.0
"""Backup and restore, by the commands of docs/operate/backup-and-restore.md: by the role that runs the service, also
for another owner, and to a point in time; what was restored goes on where it stood."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import psycopg
import pytest

from asking import asked, created, decisions
from jobtrail_process import run_jobtrail
from needs import need
from own_postgres import OwnPostgres
from page_commands import PageCommands
from stories import statuses, stories
from waiting import wait_for_equal, wait_until
from world import World

PAGE = "backup-and-restore.md"
TABLES = ("jobtrail.change", "jobtrail.dead_letter", "jobtrail_p1.source_position", "jobtrail_p1.job_count")


class Restorable:
    """A world whose database belongs to the role `one`, and the role `two` besides."""

    def __init__(self):
        self.server = OwnPostgres().start()
        self.world = World(self.server.conninfo)
        self.world.execute(f"create role one login; create role two login;"
                           f"alter database {self.world.name} owner to one")
        self.copy = self.world.name + "_copy"
        self.settings = self.settings_of("one", self.world.name)
        run_jobtrail(self.settings, "migrate")

    def close(self):
        self.world.close()
        self.server.remove()

    def settings_of(self, role, database):
        self.world.conninfo = psycopg.conninfo.make_conninfo(self.server.conninfo, user=role, dbname=database)
        return self.world.settings()

    def run(self, program, *arguments, check=True):
        done = subprocess.run([os.path.join(self.server.programs, program), *arguments], check=False,
                              capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done

    def page(self, folder):
        return PageCommands(PAGE, folder, self.server.programs)

    def restore(self, folder):
        """Into a database of two's. Returns the settings for it."""
        with psycopg.connect(self.server.conninfo, autocommit=True) as connection:
            connection.execute(f"create database {self.copy} owner two")
        settings = self.settings_of("two", self.copy)
        self.page(folder).run("Restore", settings)
        return settings

    def as_before_0008(self):
        """How the database was before that migration: policies named the role that migrated."""
        self.world.execute("""
            delete from jobtrail.migration where name >= '0008';
            alter table jobtrail.cancel_position drop column log_end, drop column log_end_seen_at,
                drop column checkpoints, drop column checkpointed_at;
            alter table jobtrail_p1.source_position drop column checkpoints, drop column checkpointed_at;
            drop table jobtrail_p1.horizon, jobtrail_p1.rules, jobtrail.erased_member, jobtrail.retention_lock;
            drop table jobtrail.relay_lock;
            drop function jobtrail.relay_lives, jobtrail.relay_of_before;
            alter table jobtrail.cancel_command drop column withdrawn_at cascade, drop column found_at;
            drop table jobtrail.published_position, jobtrail.ledger_compared;
            drop function jobtrail.epoch, jobtrail.is_gone_for_good;
            alter table jobtrail.cancel_request drop column found_at, alter column channel set not null,
                add constraint cancel_request_check2 check (true);
            do $$ declare each regclass; begin
                for each in select polrelid from pg_policy where polname = 'organization' loop
                    execute format('alter policy organization on %s using (organization_id ='
                                   ' (select current_setting(''jobtrail.organization'', true)))', each);
                end loop;
            end $$;
            drop table jobtrail.reader_organization;
            drop function jobtrail.read_organization, jobtrail.reads_any_organization;
            drop function jobtrail.job_passes;
            drop index jobtrail.cancel_command_issued;
            do $$ declare each regclass; begin
                for each in select oid from pg_class where relkind = 'r' and relrowsecurity loop
                    execute format('alter table %s force row level security', each);
                    execute format('create policy owner on %s to one using (true) with check (true)', each);
                end loop;
            end $$""")


@pytest.fixture(name="restorable")
def fixture_restorable():
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    mine = Restorable()
    yield mine
    mine.close()


def project(restorable, running, first, behind):
    restorable.world.produce("events", stories(range(first, behind)))
    wait_for_equal(lambda: statuses(restorable.world), {"successful": behind}, f"{behind} jobs are there")
    running.stop()


def test_by_the_role_that_runs_it_and_for_another_owner(restorable, serve, tmp_path):
    project(restorable, serve(restorable.settings), 0, 5)
    before = {table: restorable.world.rows(f"select count(*) as n from {table}") for table in TABLES}
    restorable.page(tmp_path).run("Backup", restorable.settings)
    settings = restorable.restore(tmp_path)
    assert {table: restorable.world.rows(f"select count(*) as n from {table}") for table in TABLES} == before
    assert "nothing to apply" in run_jobtrail(settings, "migrate")
    running = serve(settings)
    project(restorable, running, 5, 10)
    assert "SEQUENCE" not in running.log_text() and "from the log's beginning" not in running.log_text()
    assert restorable.world.rows("select * from jobtrail.dead_letter") == []


@pytest.mark.parametrize("how", ("restored", "given"))
def test_what_an_older_version_named_is_mended_by_migrate(restorable, serve, launch, tmp_path, how):
    """A dump made before migration 0008, or tables that were given to another role."""
    project(restorable, serve(restorable.settings), 0, 5)
    restorable.as_before_0008()
    if how == "restored":
        restorable.run("pg_dump", "--format=custom", "--enable-row-security", f"--file={tmp_path}/jobtrail.dump",
                       "-d", restorable.world.conninfo)
        settings = restorable.restore(tmp_path)
    else:
        with psycopg.connect(restorable.server.conninfo, dbname=restorable.world.name,
                             autocommit=True) as connection:
            connection.execute("reassign owned by one to two")
        settings = restorable.settings_of("two", restorable.world.name)
    running = launch(settings)
    assert running.process.wait(30) == 1
    assert "run jobtrail migrate as two" in running.log_text()
    run_jobtrail(settings, "migrate")
    assert not restorable.world.rows("select from pg_policy where polname = 'owner'")
    project(restorable, serve(settings), 5, 10)


def test_who_is_not_the_owner_is_told_who_is(restorable, launch):
    restorable.world.execute("grant usage on schema jobtrail, jobtrail_p1 to two;"
                             " grant select on jobtrail.migration to two")
    running = launch(restorable.settings_of("two", restorable.world.name))
    assert running.process.wait(30) == 1
    assert "the tables belong to one" in running.log_text()
    restorable.settings_of("one", restorable.world.name)


class RestoredPostgres(OwnPostgres):
    """Filled by the page's commands, as of a moment."""

    def __init__(self, page, **variables):
        self.page, self.variables = page, variables
        super().__init__()

    def fill(self):
        self.page.run("To a point in time", {}, 2, account=self.account, RESTORED=self.folder + "/data", **self.variables)


@pytest.fixture(name="shelf")
def fixture_shelf():
    """Where the account that servers run as keeps backups."""
    server = OwnPostgres()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="jobtrail-shelf-", dir="/tmp"))
    folder.chmod(0o777)
    yield server.start(), folder
    server.stop()
    server.run_as(["rm", "-rf", folder / "archive", folder / "base"])
    server.remove()
    shutil.rmtree(folder)


def test_to_a_point_in_time(shelf, launch):
    """What came after the moment is read again, and a command that went out is found again."""
    need("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    server, folder = shelf
    page = PageCommands(PAGE, folder, server.programs)
    places = {"ADMIN": server.conninfo, "ARCHIVE": folder / "archive", "BASE": folder / "base"}
    server.run_as(["mkdir", folder / "archive"])
    page.run("To a point in time", {}, 0, **places)
    server.stop(signal.SIGINT)
    server.start()
    world = World(server.conninfo)
    restored = None
    try:
        run_jobtrail(world.settings(), "migrate")
        running = launch(world.settings()).wait_ready()
        world.produce("events", [*stories(range(3)), created("before"), created("after")])
        wait_for_equal(lambda: statuses(world), {"successful": 3, "accepted": 2}, "all is projected")
        page.run("To a point in time", {}, 1, account=server.account, **places)
        ask_and_wait(world, "before")
        moment = world.rows("select clock_timestamp()::text as now")[0]["now"]
        world.produce("events", stories(range(3, 6)))
        ask_and_wait(world, "after")
        wait_for_equal(lambda: statuses(world), {"successful": 6, "accepted": 2}, "all is projected")
        world.consume("commands", 2)
        running.stop()
        world.execute("drop schema jobtrail_p1, jobtrail cascade; select pg_switch_wal()")
        server.stop(signal.SIGINT)

        restored = RestoredPostgres(page, MOMENT=moment, **places).start()
        world.home = restored.conninfo
        world.conninfo = psycopg.conninfo.make_conninfo(restored.conninfo, dbname=world.name)
        wait_for_equal(lambda: world.rows("select pg_is_in_recovery() as so")[0]["so"], False, "it takes writes")
        assert statuses(world) == {"successful": 3, "accepted": 2}
        assert decisions(world) == [("before", "ada", "CREATOR")]
        running = launch(world.settings()).wait_ready()
        wait_for_equal(lambda: statuses(world), {"successful": 6, "accepted": 2}, "what came after is there")
        wait_for_equal(lambda: decisions(world), [("after", "ada", "CREATOR"), ("before", "ada", "CREATOR")], "so is this")
        assert world.rows("select job_id from jobtrail.cancellation where found_at is not null") == [{"job_id": "after"}]
        assert sorted(message.key() for message in world.consume("commands", 2)) == [b"after", b"before"]
        running.stop()
    finally:
        if restored:
            world.close()
            restored.remove()


def ask_and_wait(world, job):
    world.produce("cancel-requests", [asked(job)])
    wait_until(lambda: world.rows("select from jobtrail.cancel_command where job_id = %s", (job,)), f"{job} is granted")
