# SPDX-License-Identifier: Apache-2.0
"""What is built, installed and packed of Jobtrail, and the programs that judge it."""
import os
import pathlib
import shutil
import subprocess

import pytest

from needs import need

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build_folder():
    return pathlib.Path(need("DEV_BUILD")[0])


def manual():
    """The folder of man pages and completion."""
    return build_folder() / "manual"


def program(name):
    """A program that Debian packages (./dev install inspect)."""
    path = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path:
        return path
    reason = f"{name} is missing: ./dev install package inspect"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    return pytest.skip(reason)


def run(*command, status=0, stderr=subprocess.STDOUT, **more):
    """What a command prints on both outputs. Another exit status is a failure; None: any will do."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=1800,
                          check=False, stdin=subprocess.DEVNULL, **more)
    assert status in (None, done.returncode), f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}"
    return done.stdout


PACKAGES = ("jobtrail", "libjobtrail1", "libjobtrail-dev")


def pack_all(folder, build=None, **more):
    """Makes the packages in the folder; their paths in the order of PACKAGES."""
    run("cpack", "--config", (build or build_folder()) / "CPackConfig.cmake", "-B", folder, **more)
    made = {path.name.split("_")[0]: path for path in pathlib.Path(folder).glob("*.deb")}
    assert set(made) == set(PACKAGES), made
    return [made[name] for name in PACKAGES]


def pack(folder, build=None, **more):
    """The same; the path of the service's."""
    return pack_all(folder, build, **more)[0]
