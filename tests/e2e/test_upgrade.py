# SPDX-License-Identifier: Apache-2.0
"""Upgrading and the way back, by the commands of docs/operate/upgrade.md. The newer version is played: its
migration is done by hand and recorded, as `jobtrail migrate` of that version would."""
import psycopg

from command import run
from page_commands import PageCommands
from stories import statuses, stories
from test_restore import fixture_restorable  # pylint: disable=unused-import
from waiting import wait_for_equal

NEWER = """
    alter table jobtrail_p1.job add column of_a_newer_version text;
    insert into jobtrail.migration (name, checksum) select '9999_newer', checksum from jobtrail.migration limit 1"""


def test_a_first_migration_with_stopping(world, serve, tmp_path):
    """From an empty database, and once more, which finds nothing to do."""
    page = PageCommands("upgrade.md", tmp_path, "/nowhere")
    assert "create" in page.run("Without stopping", world.settings()).stdout.lower()
    page.run("With stopping", world.settings())
    assert "nothing to apply" in page.run("Without stopping", world.settings(), 1).stdout
    running = serve(world.settings())
    world.produce("events", stories(range(3)))
    wait_for_equal(lambda: statuses(world), {"successful": 3}, "it works")
    running.stop()


def test_a_newer_schema_and_the_way_back(restorable, launch, tmp_path):
    """The old version works on, until it needs a new connection; then it goes on from the backup."""
    world = restorable.world
    running = launch({**restorable.settings, "workers": 1}).wait_ready()
    world.produce("events", stories(range(3)))
    wait_for_equal(lambda: statuses(world), {"successful": 3}, "it works")
    restorable.page(tmp_path).run("Backup", restorable.settings)
    world.execute(NEWER)
    world.produce("events", stories(range(3, 6)))
    wait_for_equal(lambda: statuses(world), {"successful": 6}, "the old version works on")
    with psycopg.connect(restorable.server.conninfo, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'worker-0'")
    world.produce("events", stories(range(6, 7)))
    assert running.process.wait(60) == 1
    assert "SCHEMA_NEWER" in running.log_text()
    status, _, told = run(restorable.settings, "migrate")
    assert status == 1 and "9999_newer" in told

    settings = restorable.restore(tmp_path)
    assert statuses(world) == {"successful": 3}
    running = launch(settings).wait_ready()
    wait_for_equal(lambda: statuses(world), {"successful": 7}, "what came since is read again")
    running.stop()
