# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of whole processes (e2e) and of foreign producers (interop)."""
import os
import re

import pytest

pytest.register_assert_rewrite("waiting", "world", "jobtrail_process", "running_producer")

# pylint: disable=wrong-import-position
from jobtrail_process import Serve, run_jobtrail
from needs import need
from own_postgres import SharedPostgres
from world import World


@pytest.fixture(scope="session")
def postgres_servers():
    """The servers of other versions that were wanted, by the folder of their programs."""
    servers = {}
    yield servers
    for server in servers.values():
        server.remove()


@pytest.fixture(scope="module")
def postgres(request, postgres_servers):
    """Whichever PostgreSQL the tests of a module are for: that of all, or, where pytest_generate_tests
    says so, one of another version."""
    programs = getattr(request, "param", None)
    if not programs:
        yield
        return
    if programs not in postgres_servers:
        postgres_servers[programs] = SharedPostgres(programs).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PG_BIN", programs)
        patch.setenv("JOBTRAIL_POSTGRES_CONNINFO", postgres_servers[programs].conninfo)
        yield


def pytest_generate_tests(metafunc):
    """Runs what is marked so for other versions besides: DEV_POSTGRES_OTHER is VERSION=FOLDER ..."""
    marks = ["any_postgres"]
    if os.environ.get("DEV_POSTGRES_EXTENT") == "long":
        marks.append("every_postgres")
    others = [each.split("=") for each in os.environ.get("DEV_POSTGRES_OTHER", "").split()]
    if not others or not any(metafunc.definition.get_closest_marker(mark) for mark in marks):
        return
    cases = [pytest.param(None, id="machine")]
    for version, programs in others:
        # All of one version follow each other, so that one server is enough.
        marks = [pytest.mark.xdist_group(f"postgres-{version}"), pytest.mark.early]
        cases.append(pytest.param(programs, id=f"postgres-{version}", marks=marks))
    metafunc.parametrize("postgres", cases, indirect=True, scope="module")


@pytest.fixture
def world(postgres):  # pylint: disable=unused-argument
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
