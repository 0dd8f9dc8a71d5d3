# SPDX-License-Identifier: Apache-2.0
"""Is it still the log that was read? No record of another one is skipped in silence, and nobody is
told of a loss that is none."""
import contextlib
import signal
import threading
import time

from confluent_kafka.admin import NewTopic

from jobtrail_process import run_jobtrail
from stories import statuses, stories, story
from waiting import wait_for_equal, wait_until

SILENT_SECONDS = 6  # longer than brokers may be silent about a log that is read on


def make_anew(world):
    world.delete_topic("events")
    world.create_topics([NewTopic(world.topics["events"], 4, 1, config={"cleanup.policy": "delete"})])


def positions(world):
    return world.rows("select topic, partition, next_offset, last_hash from jobtrail.source_position"
                      " order by 1, 2")


def begun(world, serve):
    running = serve(world.settings(), "--only", "project")
    world.produce("events", stories(range(30)))
    wait_for_equal(lambda: statuses(world), {"successful": 30}, "30 jobs are there")
    wait_until(world.is_caught_up, "all is read")
    return running


def test_a_topic_made_anew_while_nobody_looks(migrated, serve, launch):
    """The process stands still (a paused machine, a link that is away) while the topic is deleted,
    made again and filled past where it stood."""
    running = begun(migrated, serve)
    running.process.send_signal(signal.SIGSTOP)
    stopped_at = time.monotonic()
    before = positions(migrated)
    make_anew(migrated)
    migrated.produce("events", stories(range(100, 220)))
    time.sleep(max(0, stopped_at + SILENT_SECONDS - time.monotonic()))
    running.process.send_signal(signal.SIGCONT)
    assert running.process.wait(60) == 1, running.log_text()
    log = running.log_text()
    assert "made again" in log and positions(migrated) == before
    for partition in range(4):
        assert f"is read no further\" topic={migrated.topics['events']} partition={partition}" in log
    # It does not start either, until it is told that the loss is known.
    again = launch(migrated.settings(), "--only", "project")
    assert again.process.wait(60) == 1 and "made again" in again.log_text()
    assert positions(migrated) == before
    command = f"positions forget {migrated.topics['events']}"
    assert command in log
    told = run_jobtrail(migrated.settings(), *command.split())
    assert len(told.splitlines()) == 5, told
    serve(migrated.settings(), "--only", "project")
    wait_for_equal(lambda: statuses(migrated), {"successful": 150}, "all jobs of both topics are there")


def test_a_log_that_was_read_on_unnoticed(migrated, serve, launch):
    """The position is of the new log by now; what is remembered of before is not."""
    begun(migrated, serve).stop()
    migrated.execute("update jobtrail_p1.source_position set checkpoints = array[3, 1700000000000, 7]"
                     " where partition = 2")
    before = positions(migrated)
    running = launch(migrated.settings(), "--only", "project")
    assert running.process.wait(60) == 1, running.log_text()
    assert "partition=2" in running.log_text() and "made again" in running.log_text()
    assert positions(migrated) == before


@contextlib.contextmanager
def trickle(world):
    """Events come all the time."""
    ended = threading.Event()

    def send():
        number = 1000
        while not ended.is_set():
            world.produce("events", story(number))
            number += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        ended.set()
        sender.join()


def test_somebody_else_reads_on_while_it_starts(migrated, serve):
    """Another group on the same schema, as while a group is renamed: each is fenced now and then, and
    none says that the topic was truncated."""
    begun(migrated, serve)
    with trickle(migrated):
        for turn in range(5):
            other = serve({**migrated.settings(), "kafka.group.id": f"{migrated.name}.{turn}"},
                          "--only", "project")
            wait_until(lambda: other.log_text().count("partition started") >= 4 or
                       other.process.poll() is not None, "it has started all partitions")
            other.stop()
            assert "was truncated" not in other.log_text()
    wait_until(migrated.is_caught_up, "all is read")


def test_a_process_that_stood_still_goes_on(migrated, serve):
    """The log is the same: it is compared, and nothing is lost or read twice."""
    running = begun(migrated, serve)
    running.process.send_signal(signal.SIGSTOP)
    migrated.produce("events", stories(range(30, 60)))
    time.sleep(SILENT_SECONDS)
    running.process.send_signal(signal.SIGCONT)
    wait_for_equal(lambda: statuses(migrated), {"successful": 60}, "60 jobs are there")
    running.stop()
    assert migrated.rows("select count(*) as letters from jobtrail.dead_letter") == [{"letters": 0}]
