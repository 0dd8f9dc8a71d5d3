# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of whole processes (e2e) and of foreign producers (interop)."""
import re

import pytest

pytest.register_assert_rewrite("waiting", "world", "jobtrail_process", "running_producer")

# pylint: disable=wrong-import-position
from jobtrail_process import Serve, run_jobtrail
from needs import need
from world import World

@pytest.fixture
def world():
    """A database and topics of the test's own."""
    need("JOBTRAIL_POSTGRES_CONNINFO", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    mine = World()
    yield mine
    mine.close()


@pytest.fixture
def migrated(world):
    """The world with jobtrail's schema in its database."""
    run_jobtrail(world.settings(), "migrate")
    return world


@pytest.fixture
def serve(tmp_path):
    """serve(settings, *arguments) starts a `jobtrail serve` and waits until it is ready."""
    started = []

    def start(settings, *arguments):
        started.append(Serve(settings, tmp_path, *arguments))
        return started[-1].wait_ready()

    yield start
    for each in started:
        each.close()


@pytest.fixture
def launch(tmp_path):
    """launch(settings, *arguments) starts a `jobtrail serve` and waits for nothing."""
    started = []

    def start(settings, *arguments, **more):
        started.append(Serve(settings, tmp_path, *arguments, **more))
        return started[-1]

    yield start
    for each in started:
        each.close()


def pytest_addoption(parser):
    parser.addoption("--matching", default="", help="only tests whose name has a match of this regular expression")


def pytest_collection_modifyitems(config, items):
    """What takes long begins first, so that nothing is waited for at the end."""
    matching = re.compile(config.getoption("matching"))
    others = [item for item in items if not matching.search(item.nodeid)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows the log of each jobtrail of a failed test."""
    outcome = yield
    report = outcome.get_result()
    folder = item.funcargs.get("tmp_path") if hasattr(item, "funcargs") else None
    if call.when == "call" and report.failed and folder:
        for log in sorted(folder.glob("serve-*.log")):
            text = log.read_text(encoding="utf-8", errors="replace")[-4000:]
            report.sections.append((f"end of {log.name}", text))
