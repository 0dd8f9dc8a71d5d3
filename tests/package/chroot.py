# SPDX-License-Identifier: Apache-2.0
"""A small Debian below a folder, in which packages are installed as on a machine without systemd running.
Whatever is mounted for a command goes with it, and no service is started there."""
import os
import pathlib
import platform

from installed import program, run

# /proc is there for the command alone.
ENTER = 'mount --make-rprivate / && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
# What a package manager writes down by the way, and what keeps the former version of a list of accounts.
NOT_LOOKED_AT = ("/proc/", "/tmp/", "/var/log/", "/var/cache/", "/var/lib/dpkg/", "/var/lib/apt/", "/etc/ld.so.cache",
                 "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/var/lib/systemd/")


class Chroot:
    """Of this machine's release of Debian."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        release = platform.freedesktop_os_release()["VERSION_CODENAME"]
        run(program("debootstrap"), "--variant=minbase", release, self.folder, mirror(release))
        policy = self.folder / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)

    def command(self, *command):
        """The command that runs it inside."""
        return ["unshare", "--mount", "sh", "-c", ENTER, str(self.folder), *map(str, command)]

    def run(self, *command, **more):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        return run(*self.command(*command), env={**proxies(), **environment}, **more)

    def apt(self, *arguments):
        return self.run("apt-get", "-qq", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *arguments)

    def put(self, package):
        """Copies it to where it can be installed from; its path inside."""
        target = self.folder / "tmp" / package.name
        target.write_bytes(package.read_bytes())
        return f"/tmp/{package.name}"

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


def mirror(release):
    """Where this machine has the release from."""
    listed = run("apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", f"Codename: {release}")
    sites = [site for site in listed.split() if site.startswith("http")]
    assert sites, f"apt knows no mirror of {release} here: run apt-get update"
    return sites[0]


def proxies():
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
