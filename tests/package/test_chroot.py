# SPDX-License-Identifier: Apache-2.0
"""The package installed, upgraded, used and removed in a small Debian of the test's own."""
import json
import subprocess

import pytest

from asking import created
from chroot import CONFIGURATION, Chroot, Machine, older
from installed import pack, run
from jobtrail_process import free_port
from needs import need
from waiting import wait_for_equal, wait_until
from world import World

PASSWORD = "/etc/jobtrail/secrets/postgres-password"
UNIT_CREDENTIALS = "/run/credentials/jobtrail.service/"


@pytest.fixture(name="world")
def fixture_world():
    """On TCP, since the other root does not have the socket of PostgreSQL."""
    home, _, _ = need("DEV_POSTGRES_TCP", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    mine = World(home)
    yield mine
    mine.close()


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    mine = Machine(tmp_path / "root")
    yield mine
    mine.close()


def state_of(debian, path):
    return debian.run("stat", "--format", "%U:%G %a", path).strip()


def version_of(package):
    return run("dpkg-deb", "--field", package, "Version").strip()


@pytest.mark.early
@pytest.mark.long
def test_install_upgrade_use_and_remove(world, tmp_path):
    debian, package = Chroot(tmp_path / "root"), pack(tmp_path / "package")
    # What the package needs is no trace of it.
    debian.apt("satisfy", run("dpkg-deb", "--field", package, "Depends").strip().replace(
        "systemd | ", "systemd-standalone-sysusers | "))
    before = debian.everything()

    debian.install(older(package, tmp_path / "older"))
    assert state_of(debian, CONFIGURATION) == "root:jobtrail 640"
    assert state_of(debian, "/etc/jobtrail/secrets") == "root:jobtrail 750"
    assert not debian.at("/etc/systemd/system/multi-user.target.wants/jobtrail.service").is_symlink()
    debian.at(PASSWORD).write_text(debian.configure(world, PASSWORD), encoding="utf-8")
    debian.run("chown", "root:jobtrail", PASSWORD)
    debian.run("chmod", "640", PASSWORD)
    debian.run("chown", "jobtrail:", CONFIGURATION)
    debian.run("chmod", "600", CONFIGURATION)
    configured = debian.at(CONFIGURATION).read_bytes()

    debian.install(package)
    assert debian.run("dpkg-query", "-W", "-f", "${Version}", "jobtrail") == version_of(package)
    assert debian.at(CONFIGURATION).read_bytes() == configured
    assert state_of(debian, CONFIGURATION) == "jobtrail:jobtrail 600"  # as the administrator left it
    assert version_of(package).startswith(debian.run("jobtrail", "--version").split()[1] + "-")
    use(debian, world, tmp_path)

    debian.apt("remove", "jobtrail")
    assert not debian.at("/usr/bin/jobtrail").exists()
    assert debian.at(CONFIGURATION).read_bytes() == configured
    debian.apt("purge", "jobtrail")
    after = debian.everything()
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()


def use(debian, world, folder):
    """From an empty database to a job that is there, by what the package brings alone."""
    debian.jobtrail("migrate")
    found = json.loads(debian.jobtrail("doctor", "--only", "project,cancel", "--output", "json", status=None,
                                       stderr=subprocess.DEVNULL))
    # What tests share need not outlive a crash.
    assert [each for each in found if each["level"] == "error" and each["subject"] != "fsync"] == []
    served = debian.serve(folder)
    try:
        served.wait_ready()
        world.produce("events", [created("job-1")])
        wait_for_equal(lambda: len(world.rows("select from jobtrail.job")), 1, "the job is there")
        served.stop()
    finally:
        served.close()


@pytest.mark.early
@pytest.mark.long
def test_the_unit_of_a_machine_that_boots(machine, world, tmp_path):
    package = pack(tmp_path / "package")
    machine.install(older(package, tmp_path / "older"))
    port = free_port()
    # A secret of root's, which systemd hands to the service alone.
    machine.at("/root/password").write_text(machine.configure(
        world, UNIT_CREDENTIALS + "password", **{"admin.listen": f"127.0.0.1:{port}"}), encoding="utf-8")
    machine.at("/root/password").chmod(0o600)
    settings = machine.at("/etc/systemd/system/jobtrail.service.d/credentials.conf")
    settings.parent.mkdir()
    settings.write_text("[Service]\nLoadCredential=password:/root/password\n", encoding="utf-8")
    machine.run("env", f"JOBTRAIL_POSTGRES_CONNINFO={world.conninfo}", "JOBTRAIL_POSTGRES_PASSWORD_FILE=/root/password",
                "jobtrail", "migrate")
    machine.run("systemctl", "enable", "jobtrail")

    machine.boot(tmp_path / "console.log")
    wait_until(lambda: run("curl", "-sS", f"http://127.0.0.1:{port}/readyz") == "ok\n", "the service is ready")
    world.produce("events", [created("job-1")])
    wait_for_equal(lambda: len(world.rows("select from jobtrail.job")), 1, "the job is there")
    machine.run("systemd-analyze", "security", "--threshold=20", "jobtrail")

    began = machine.of_unit("MainPID")
    machine.at("/usr/sbin/policy-rc.d").unlink()
    assert "Run jobtrail migrate" in machine.install(package)
    assert machine.of_unit("MainPID") == began and machine.of_unit("ActiveState") == "active"

    with machine.at(CONFIGURATION).open("a", encoding="utf-8") as file:
        file.write("log.level = nonsense\n")
    machine.run("systemctl", "restart", "jobtrail", status=None)
    wait_for_equal(lambda: machine.of_unit("ActiveState"), "failed", "a wrong configuration ends it for good")
    assert (machine.of_unit("ExecMainStatus"), machine.of_unit("NRestarts")) == ("3", "0")
    machine.at(CONFIGURATION).write_text(machine.at(CONFIGURATION).read_text(encoding="utf-8").replace(
        "log.level = nonsense\n", ""), encoding="utf-8")
    machine.run("systemctl", "restart", "jobtrail")
    wait_until(lambda: run("curl", "-sS", f"http://127.0.0.1:{port}/readyz") == "ok\n", "it serves again")

    machine.apt("purge", "jobtrail")
    assert machine.of_unit("LoadState") == "not-found" and machine.of_unit("ActiveState") == "inactive"
    assert not machine.at("/etc/jobtrail").exists()
    assert "jobtrail" not in machine.at("/etc/passwd").read_text(encoding="utf-8")
