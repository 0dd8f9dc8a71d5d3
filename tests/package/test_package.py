# SPDX-License-Identifier: Apache-2.0
"""The Debian package, without installing it."""
import hashlib
import os
import re

import pytest

from installed import ROOT, build_folder, pack, program, run

pytestmark = pytest.mark.xdist_group("package")


@pytest.fixture(name="package", scope="module")
def fixture_package(tmp_path_factory):
    return pack(tmp_path_factory.mktemp("package"))


def test_lintian_finds_nothing(package):
    options = ["--fail-on", "error,warning", "--tag-display-limit", "0"]
    if os.geteuid() == 0:
        options.append("--allow-root")
    if "CMAKE_BUILD_TYPE:STRING=Debug" in (build_folder() / "CMakeCache.txt").read_text(encoding="utf-8"):
        options += ["--suppress-tags", "hardening-no-fortify-functions"]
    assert run(program("lintian"), *options, package) == ""


def test_it_says_what_it_is_and_needs(package):
    def field(name):
        return run("dpkg-deb", "--field", package, name).strip()

    version = re.search(r"project\(jobtrail VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    assert field("Package") == "jobtrail" and re.fullmatch(rf"{version}-1~deb\d+", field("Version"))
    needed = {part.split()[0] for part in field("Depends").split(", ")}
    assert {"systemd", "libc6", "librdkafka1"} <= needed
    for library in ("libpq", "libcurl", "libmicrohttpd", "libssl", "libjansson"):
        assert any(name.startswith(library) for name in needed), needed


def test_what_is_in_it_belongs_to_root_and_works(package, tmp_path):
    listed = run("dpkg-deb", "--contents", package).splitlines()
    modes = {line.split()[5].removeprefix("."): line.split()[0] for line in listed}
    assert all(line.split()[1] == "root/root" for line in listed)
    assert modes["/etc/jobtrail/jobtrail.conf"] == "-rw-r-----" and modes["/etc/jobtrail/secrets/"] == "drwxr-x---"
    run("dpkg", "--extract", package, tmp_path)
    assert run(tmp_path / "usr/bin/jobtrail", "--version").startswith("jobtrail ")
    schemas = run(tmp_path / "usr/bin/jobtrail", "schemas", "list")
    for path in (tmp_path / "usr/share/jobtrail/schemas/avro").iterdir():
        assert path.stem in schemas
    assert not (tmp_path / "usr/share/doc/jobtrail/LICENSE").exists()


def test_a_second_package_has_the_same_bytes(package, tmp_path):
    other = pack(tmp_path / "of another")
    assert other.name == package.name
    assert hashlib.sha256(other.read_bytes()).digest() == hashlib.sha256(package.read_bytes()).digest()


@pytest.mark.early
@pytest.mark.long
def test_another_checkout_makes_the_same_package(tmp_path):
    environment = {name: value for name, value in os.environ.items()
                   if name != "CMAKE_C_COMPILER_LAUNCHER" and not name.startswith("CCACHE_")}
    made, source = [], ROOT
    for name in ("one", "another, of a longer name"):
        # Of the first checkout, since ours may have gone on meanwhile.
        run("git", "clone", "--quiet", source, tmp_path / name)
        source = tmp_path / name
        for command in (["cmake", "--preset", "release", "-DJOBTRAIL_TESTS=OFF"], ["cmake", "--build", "build/release"]):
            run(*command, cwd=source, env=environment)
        made.append(pack(tmp_path / f"package of {name}", source / "build/release"))
    assert hashlib.sha256(made[0].read_bytes()).digest() == hashlib.sha256(made[1].read_bytes()).digest()
