# SPDX-License-Identifier: Apache-2.0
"""A rebuild reads the whole log, and brings back neither what has left nor whom somebody erased."""
from command import run
from jobtrail_process import run_jobtrail
from rebuilding import Rebuilding
from stories import BASE_US, stories
from test_erase import MEMBER, erase, named, of_somebody
from test_retention import KEEPING, ids, now_us, totals_are_exact, whole
from verification import Verification
from waiting import wait_for_equal, wait_until


def refused_erasure(world):
    code, _, words = run(world.settings(), "erase", "--organization", "org-a", "--member", MEMBER, "--yes")
    assert code == 1
    return words


def test_what_left_and_who_was_erased_stay_away(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(50)))
    migrated.produce("events", whole("young", now_us()) + whole("runs", BASE_US)[:2] + [of_somebody("theirs")])
    wait_until(migrated.is_caught_up, "all is projected")
    running.stop()
    running = serve({**migrated.settings(), **KEEPING})
    wait_for_equal(lambda: ids(migrated), {"young", "runs", "theirs"}, "what ended long ago has left")
    erase(migrated, "--yes")

    done = Rebuilding(migrated.settings())
    assert done.summary["vanished"] == done.summary["differing"] == 0, done.text()
    assert ids(migrated) == {"young", "runs", "theirs"}
    assert totals_are_exact(migrated)
    migrated.execute("delete from jobtrail.change")
    assert named(migrated) == set()

    # The projection of before would go on naming whoever is erased now.
    assert "rebuild --drop" in refused_erasure(migrated)
    run_jobtrail(migrated.settings(), "rebuild", "--drop")
    erase(migrated, "--yes")

    # Nor is anybody erased while another projection is filled.
    Rebuilding(migrated.settings(), "--no-swap")
    assert "--abandon" in refused_erasure(migrated)
    run_jobtrail(migrated.settings(), "rebuild", "--abandon")
    migrated.produce("events", [of_somebody("late", MEMBER)])
    wait_until(migrated.is_caught_up, "the service goes on")
    running.stop()


def settled(world, serve, settings, expected, what):
    """The service ran until these jobs were there."""
    running = serve(settings)
    wait_for_equal(lambda: ids(world), expected, what)
    running.stop()


def test_what_left_while_a_rebuild_was_begun_stays_away(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(30)))
    migrated.produce("events", whole("young", now_us()))
    wait_until(migrated.is_caught_up, "all is projected")
    running.stop()
    Rebuilding(migrated.settings(), "--no-swap")
    settled(migrated, serve, {**migrated.settings(), **KEEPING}, {"young"}, "what ended long ago has left")

    done = Rebuilding(migrated.settings())
    assert done.summary["left"] == 30 and done.summary["differing"] == 0, done.text()
    assert ids(migrated) == {"young"}
    assert totals_are_exact(migrated)
    assert Verification(migrated.settings()).differences() == []


def test_what_left_since_a_rebuild_does_not_come_back_with_an_undo(migrated, serve):
    running = serve(migrated.settings())
    migrated.produce("events", stories(range(30)))
    migrated.produce("events", whole("young", now_us()))
    wait_until(migrated.is_caught_up, "all is projected")
    Rebuilding(migrated.settings())
    running.stop()
    settled(migrated, serve, {**migrated.settings(), **KEEPING}, {"young"}, "what ended long ago has left")

    done = Rebuilding(migrated.settings(), "--undo")
    assert done.summary["left"] == 30 and done.summary["differing"] == 0, done.text()
    assert ids(migrated) == {"young"}
    assert totals_are_exact(migrated)
    # Whoever lets jobs leave takes its lock back.
    running = serve({**migrated.settings(), **KEEPING})
    wait_until(lambda: "this process lets ended jobs leave now" in running.log_text(), "retention goes on")
    running.stop()
