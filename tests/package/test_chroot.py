# SPDX-License-Identifier: Apache-2.0
"""The package installed, upgraded, used and removed in a small Debian of the test's own."""
import json
import os
import re
import shlex
import subprocess

import psycopg
import pytest

from asking import created
from chroot import Chroot
from installed import pack, run
from jobtrail_process import Serve
from needs import need
from waiting import wait_for_equal
from world import World

CONFIGURATION = "/etc/jobtrail/jobtrail.conf"
PASSWORD = "/etc/jobtrail/secrets/postgres-password"


@pytest.fixture(name="debian", scope="module")
def fixture_debian(tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("only root can enter another root")
    return Chroot(tmp_path_factory.mktemp("debian") / "root")


@pytest.fixture(name="world")
def fixture_world():
    """On TCP, since the other root does not have the socket of PostgreSQL."""
    home, _, _ = need("DEV_POSTGRES_TCP", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    mine = World(home)
    yield mine
    mine.close()


def older(package, folder):
    """The same package with a lower version, and a line of its own in the sample."""
    run("dpkg-deb", "--raw-extract", package, folder)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1-1", control.read_text(encoding="utf-8"), flags=re.MULTILINE),
                       encoding="utf-8")
    run("dpkg-deb", "--build", folder, folder.parent)
    return folder.parent / f"jobtrail_0.0.1-1_{run('dpkg', '--print-architecture').strip()}.deb"


def configure(debian, world):
    """As README has it: what is secret is in a file of its own. Returns the port of the admin listener."""
    parts = psycopg.conninfo.conninfo_to_dict(world.conninfo)
    secret = debian.folder / PASSWORD.removeprefix("/")
    secret.write_text(parts.pop("password") + "\n", encoding="utf-8")
    debian.run("chown", "root:jobtrail", PASSWORD)
    debian.run("chmod", "640", PASSWORD)
    settings = {**world.settings(), "postgres.conninfo": psycopg.conninfo.make_conninfo(**parts)}
    with (debian.folder / CONFIGURATION.removeprefix("/")).open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        file.write(f"postgres.password.file = {PASSWORD}\n")


def as_service(*command):
    return ["setpriv", "--reuid=jobtrail", "--regid=jobtrail", "--clear-groups", *command]


def jobtrail(debian, *arguments, **more):
    return debian.run(*as_service("jobtrail", *arguments, "--config", CONFIGURATION), **more)


class ServeInside(Serve):
    """jobtrail serve as the unit calls it, in the other root."""

    def __init__(self, debian, folder):
        super().__init__({}, folder, binary=self.script(debian, folder))

    @staticmethod
    def script(debian, folder):
        """A program that takes what the binary takes."""
        path = folder / "serve-inside"
        words = shlex.join(debian.command(*as_service("jobtrail")))
        path.write_text(f"#!/bin/sh\nexec {words} \"$@\" --config {CONFIGURATION}\n", encoding="utf-8")
        path.chmod(0o755)
        return path


def state_of(debian, path):
    return debian.run("stat", "--format", "%U:%G %a", path).strip()


@pytest.mark.long
def test_install_upgrade_use_and_remove(debian, world, tmp_path):
    package = pack(tmp_path / "package")
    debian.apt("update")
    debian.apt("satisfy", run("dpkg-deb", "--field", package, "Depends").strip().replace(
        "systemd | ", "systemd-standalone-sysusers | "))
    before = debian.everything()

    debian.apt("install", debian.put(older(package, tmp_path / "older")))
    assert state_of(debian, CONFIGURATION) == "root:jobtrail 640"
    assert state_of(debian, "/etc/jobtrail/secrets") == "root:jobtrail 750"
    assert not (debian.folder / "etc/systemd/system/multi-user.target.wants/jobtrail.service").exists()
    configure(debian, world)
    debian.run("chmod", "600", CONFIGURATION)
    debian.run("chown", "jobtrail:", CONFIGURATION)
    configured = (debian.folder / CONFIGURATION.removeprefix("/")).read_bytes()

    debian.apt("install", debian.put(package))
    assert debian.run("dpkg-query", "-W", "-f", "${Version}", "jobtrail") == run("dpkg-deb", "--field", package, "Version").strip()
    assert (debian.folder / CONFIGURATION.removeprefix("/")).read_bytes() == configured
    assert state_of(debian, CONFIGURATION) == "jobtrail:jobtrail 600"  # as the administrator left it
    assert run("dpkg-deb", "--field", package, "Version").startswith(debian.run("jobtrail", "--version").split()[1])
    use(debian, world, tmp_path)

    debian.apt("remove", "jobtrail")
    assert not (debian.folder / "usr/bin/jobtrail").exists()
    assert (debian.folder / CONFIGURATION.removeprefix("/")).read_bytes() == configured
    debian.apt("purge", "jobtrail")
    after = debian.everything()
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()


def use(debian, world, folder):
    """From an empty database to a job that is there, by what the package brings alone."""
    jobtrail(debian, "migrate")
    found = json.loads(jobtrail(debian, "doctor", "--only", "project,cancel", "--output", "json", status=None,
                                stderr=subprocess.DEVNULL))
    # What tests share need not outlive a crash.
    assert [each for each in found if each["level"] == "error" and each["subject"] != "fsync"] == []
    served = ServeInside(debian, folder)
    try:
        served.wait_ready()
        world.produce("events", [created("job-1")])
        wait_for_equal(lambda: len(world.rows("select from jobtrail.job")), 1, "the job is there")
        served.stop()
    finally:
        served.close()
