# SPDX-License-Identifier: Apache-2.0
"""libjobtrail, as programs have it: installed, found by pkg-config and CMake, its jobs shown by the API; and killed at
any moment, when nothing may be lost for which a call returned success."""
import os
import pathlib
import random
import subprocess

import pytest

from http_api import Api
from needs import need
from stories import statuses
from teller import FAULTS, KILLED, Teller, kill
from waiting import wait_for_equal, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(__file__).parent / "c_client"
WORKER = ROOT / "examples/worker.c"
JOBS_A_ROUND = 500
NOBODY = "127.0.0.1:1"
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, check=False, **more)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(name="prefix")
def fixture_prefix(tmp_path):
    for component in ("library", "development"):
        run("cmake", "--install", need("DEV_BUILD")[0], "--prefix", tmp_path / "opt", "--component", component)
    return tmp_path / "opt"


@pytest.fixture(name="flags")
def fixture_flags(prefix):
    """flags(*options): what pkg-config says."""
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    return lambda *options: run("pkg-config", *options, "jobtrail", env=environment).split()


def work(world, worker, spool, lines, prefix=None):
    environment = {**os.environ, "WORKER_TOPIC": world.topics["events"]}
    if prefix:
        environment["LD_LIBRARY_PATH"] = str(prefix / "lib")
    return run(worker, world.bootstrap, "org-a", spool, input=lines, env=environment)


def test_a_worker_by_pkg_config_shows_in_the_api(migrated, serve, tmp_path, prefix, flags):
    run("cc", "-std=c11", *STRICT, WORKER, *flags("--cflags", "--libs"), "-o", tmp_path / "worker")
    api = Api(tmp_path)
    running = serve(api.settings(migrated.settings()))
    assert not work(migrated, tmp_path / "worker", tmp_path / "spool", "load-7 Load ada\nload-8 Seed ben\n", prefix)
    wait_for_equal(lambda: statuses(migrated), {"successful": 2}, "its jobs are there")
    job = api.member("ada").get("/jobs/load-7").json()
    assert (job["jobID"], job["status"], job["progress"]) == ("load-7", "successful", 100)
    assert api.member("ada").get("/jobs/load-8").status_code == 404
    running.stop()


def test_cmake_finds_both_libraries(world, tmp_path, prefix):
    run("cmake", "-S", FOLDER, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}", f"-DWORKER={WORKER}")
    run("cmake", "--build", tmp_path / "build")
    for number, program in enumerate(("worker", "worker_static")):
        assert not work(world, tmp_path / "build" / program, tmp_path / "spool", f"job-{number} Load ada\n")
    assert {message.key() for message in world.everything("events")} == {b"job-0", b"job-1"}
    assert "libjobtrail.so.1" in run("ldd", tmp_path / "build/worker")
    assert "libjobtrail" not in run("ldd", tmp_path / "build/worker_static")


def test_headers_are_good_for_cpp(tmp_path, prefix, flags):
    run("c++", "-std=c++17", *STRICT, FOLDER / "headers.cpp", *flags("--cflags", "--libs"), "-o", tmp_path / "headers")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib")}
    assert run(tmp_path / "headers", env=environment) == flags("--modversion")[0] + "\n"


def test_it_lets_out_its_own_names_alone(prefix):
    for options, library in (("-D", "libjobtrail.so.1"), ("-g", "libjobtrail.a")):
        names = [line.split()[-1].split("@")[0] for line in
                 run("nm", options, "--defined-only", prefix / "lib" / library).splitlines() if len(line.split()) == 3]
        assert names and all(name.lower().startswith("jobtrail_") for name in names), names


@pytest.mark.parametrize("rounds", (pytest.param(8, marks=pytest.mark.early),
                                    pytest.param(100, marks=pytest.mark.long)))
@pytest.mark.parametrize("sync", ("none", "interval", "each"))
def test_killed_at_any_moment_nothing_is_lost(migrated, serve, tmp_path, rounds, sync):
    chance = random.Random(7)
    teller = Teller(migrated, tmp_path / "spool")
    for _ in range(rounds):
        # Where nobody listens there is room for some 1,200 events; lines of ticks that are held are not printed.
        away = chance.random() < 0.3
        if away:
            assert teller.run(migrated.bootstrap, 0) == (0, "")
        lines = chance.randrange(1, 500 if away else 1200)
        assert teller.run(NOBODY if away else migrated.bootstrap, JOBS_A_ROUND, f"spool.sync={sync}",
                          at={lines: kill}) == (KILLED, "")
    assert teller.run(migrated.bootstrap, 0) == (0, "")
    teller.held_against_kafka()
    running = serve(migrated.settings())
    wait_until(migrated.is_caught_up, "all is read")
    ended = {row["job_id"] for row in migrated.rows("select job_id from jobtrail.job where status = 'successful'")}
    assert ended >= {job for job, record in teller.told if record == "JobSucceeded"}
    assert not migrated.rows("select from jobtrail.dead_letter")
    running.stop()


def test_killed_at_each_step_nothing_is_lost(world, tmp_path):
    teller = Teller(world, tmp_path / "spool")
    for point, passes in FAULTS.items():
        for number in passes:
            assert teller.run(world.bootstrap, JOBS_A_ROUND, fault=f"{point}:{number}")[0] == KILLED
    assert teller.run(world.bootstrap, 0) == (0, "")
    teller.held_against_kafka()
