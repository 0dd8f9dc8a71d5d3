# SPDX-License-Identifier: Apache-2.0
"""A small Debian below a folder, in which packages are installed as on a machine of its own. Whatever is mounted
for a command goes with it, and no service is started there but by Machine."""
import os
import pathlib
import platform
import re
import shlex
import subprocess

import psycopg
import pytest

from installed import program, run
from jobtrail_process import Serve
from waiting import wait_until

CONFIGURATION = "/etc/jobtrail/jobtrail.conf"
# /proc is there for the command alone.
ENTER = 'mount --make-rprivate / && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
# What a package manager writes down by the way, and what keeps the former version of a list of accounts.
NOT_LOOKED_AT = ("/proc/", "/tmp/", "/var/log/", "/var/cache/", "/var/lib/dpkg/", "/var/lib/apt/", "/etc/ld.so.cache",
                 "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-")


class Chroot:
    """Of this machine's release of Debian."""

    def __init__(self, folder, *packages):
        if os.geteuid() != 0:
            pytest.skip("only root can enter another root")
        self.folder = pathlib.Path(folder)
        release = platform.freedesktop_os_release()["VERSION_CODENAME"]
        included = [f"--include={','.join(packages)}"] if packages else []
        run(program("debootstrap"), "--variant=minbase", *included, release, self.folder, mirror(release))
        policy = self.at("/usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
        self.apt("update")

    def at(self, path):
        """Where the path inside is outside."""
        return self.folder / path.removeprefix("/")

    def command(self, *command):
        """The command that runs it inside."""
        return ["unshare", "--mount", "sh", "-c", ENTER, str(self.folder), *map(str, command)]

    def run(self, *command, **more):
        return run(*self.command(*command), env={**proxies(), **ENVIRONMENT}, **more)

    def apt(self, *arguments):
        return self.run("apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *arguments)

    def install(self, package):
        """A package that is outside; what is printed."""
        inside = f"/var/cache/{package.name}" # /tmp is another one on a machine that has booted
        self.at(inside).write_bytes(package.read_bytes())
        return self.apt("install", inside)

    def configure(self, world, password, **settings):
        """As README has it, with PostgreSQL's password in the file of that name, which is written elsewhere."""
        parts = psycopg.conninfo.conninfo_to_dict(world.conninfo)
        secret = parts.pop("password")
        settings = {**world.settings(), **settings, "postgres.conninfo": psycopg.conninfo.make_conninfo(**parts),
                    "postgres.password.file": password}
        with self.at(CONFIGURATION).open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        return secret

    def jobtrail(self, *arguments, **more):
        """A command of jobtrail as the service's account."""
        return self.run(*as_service("jobtrail", *arguments, "--config", CONFIGURATION), **more)

    def serve(self, folder):
        """A jobtrail serve, called as the unit calls it; folder: for its log."""
        path = folder / "serve-inside"
        words = shlex.join(self.command(*as_service("jobtrail")))
        path.write_text(f'#!/bin/sh\nexec {words} "$@" --config {CONFIGURATION}\n', encoding="utf-8")
        path.chmod(0o755)
        return Serve({}, folder, binary=path)

    def everything(self):
        """{path: what it is, whose, its mode and bytes} of all that is there."""
        found = {}
        for folder, folders, files in os.walk(self.folder):
            for name in folders + files:
                path = pathlib.Path(folder, name)
                inside = "/" + path.relative_to(self.folder).as_posix()
                if not f"{inside}/".startswith(NOT_LOOKED_AT) and not inside.startswith(NOT_LOOKED_AT):
                    state = path.lstat()
                    has_bytes = path.is_file() and not path.is_symlink()
                    found[inside] = (state.st_mode, state.st_uid, state.st_gid, path.read_bytes() if has_bytes else None)
        return found


class Machine(Chroot):
    """With a systemd that runs, in namespaces of its own but for the network."""

    def __init__(self, folder):
        self.process = None
        super().__init__(folder, "systemd", "systemd-sysv", "dbus")

    def boot(self, console):
        """console: the file for what it prints."""
        options = [f"--machine={self.folder.parent.name.replace('_', '-')}", "--directory", self.folder, "--boot"]
        if not os.path.isdir("/run/systemd/system"):
            options += ["--register=no", "--keep-unit"]
        with console.open("wb") as file:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [program("systemd-nspawn"), *options], stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        wait_until(lambda: self.run("systemctl", "is-system-running", status=None).strip() in ("running", "degraded"),
                   "the machine has booted", 300)

    def command(self, *command):
        leader = self.process and pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(
            encoding="utf-8").split()
        if not leader:
            return super().command(*command)
        return ["nsenter", f"--target={leader[0]}", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root", "--wd",
                *map(str, command)]

    def of_unit(self, name):
        """A property of the unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", "jobtrail").strip()

    def close(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def as_service(*command):
    return ["setpriv", "--reuid=jobtrail", "--regid=jobtrail", "--clear-groups", *command]


def older(package, folder):
    """The same package with a lower version."""
    run("dpkg-deb", "--raw-extract", package, folder)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1-1", control.read_text(encoding="utf-8"), flags=re.MULTILINE),
                       encoding="utf-8")
    run("dpkg-deb", "--build", folder, folder.parent)
    return folder.parent / f"jobtrail_0.0.1-1_{run('dpkg', '--print-architecture').strip()}.deb"


def mirror(release):
    """Where this machine has the release from."""
    listed = run("apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", f"Codename: {release}")
    sites = [site for site in listed.split() if site.startswith("http")]
    assert sites, f"apt knows no mirror of {release} here: run apt-get update"
    return sites[0]


def proxies():
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
