# SPDX-License-Identifier: Apache-2.0
"""The Debian packages, without installing them."""
import hashlib
import os
import re

import pytest

from installed import ROOT, build_folder, pack_all, program, run

pytestmark = pytest.mark.xdist_group("package")


@pytest.fixture(name="packages", scope="module")
def fixture_packages(tmp_path_factory):
    return pack_all(tmp_path_factory.mktemp("package"))


@pytest.fixture(name="package", scope="module")
def fixture_package(packages):
    return packages[0]


def field_of(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


def digests_of(packages):
    return [hashlib.sha256(package.read_bytes()).digest() for package in packages]


def test_lintian_finds_nothing(packages):
    options = ["--fail-on", "error,warning", "--tag-display-limit", "0"]
    if os.geteuid() == 0:
        options.append("--allow-root")
    if "CMAKE_BUILD_TYPE:STRING=Debug" in (build_folder() / "CMakeCache.txt").read_text(encoding="utf-8"):
        options += ["--suppress-tags", "hardening-no-fortify-functions"]
    assert run(program("lintian"), *options, *packages) == ""


def test_it_says_what_it_is_and_needs(package):
    def field(name):
        return field_of(package, name)

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


def test_those_of_the_library_build_a_program_that_runs(packages, tmp_path):
    _, library, development = packages
    assert field_of(development, "Depends") == f"libjobtrail1 (= {field_of(library, 'Version')})"
    assert {"libc6", "librdkafka1"} <= {part.split()[0] for part in field_of(library, "Depends").split(", ")}
    assert "libjobtrail 1 libjobtrail1" in run("dpkg-deb", "--info", library, "shlibs")
    for package in (library, development):
        run("dpkg", "--extract", package, tmp_path)
    assert run(program("man"), "-M", tmp_path / "usr/share/man", "-w", "jobtrail_job_open").startswith(str(tmp_path))
    environment = {**os.environ, "PKG_CONFIG_PATH": str(tmp_path / "usr/lib/pkgconfig"),
                   "LD_LIBRARY_PATH": str(tmp_path / "usr/lib")}
    for options in (["--cflags", "--libs"], ["--cflags", "--libs", "--static"]):
        flags = run("pkg-config", *options, "jobtrail", env=environment).split()
        run("cc", ROOT / "examples/cancellable_job.c", *flags, "-o", tmp_path / "job")
        assert "libjobtrail.so.1" in run("ldd", tmp_path / "job")
    run("cc", ROOT / "examples/worker.c", "-I", tmp_path / "usr/include", tmp_path / "usr/lib/libjobtrail.a",
        *(flag for flag in flags if flag not in ("-ljobtrail",)), "-o", tmp_path / "worker")
    assert "libjobtrail" not in run("ldd", tmp_path / "worker")
    run(tmp_path / "worker", env=environment, status=None)


def test_second_packages_have_the_same_bytes(packages, tmp_path):
    others = pack_all(tmp_path / "of another")
    assert [other.name for other in others] == [package.name for package in packages]
    assert digests_of(others) == digests_of(packages)


@pytest.mark.early
@pytest.mark.long
def test_another_checkout_makes_the_same_packages(tmp_path):
    environment = {name: value for name, value in os.environ.items()
                   if name != "CMAKE_C_COMPILER_LAUNCHER" and not name.startswith("CCACHE_")}
    made, source = [], ROOT
    for name in ("one", "another, of a longer name"):
        # Of the first checkout, since ours may have gone on meanwhile.
        run("git", "clone", "--quiet", source, tmp_path / name)
        source = tmp_path / name
        for command in (["cmake", "--preset", "release", "-DJOBTRAIL_TESTS=OFF"], ["cmake", "--build", "build/release"]):
            run(*command, cwd=source, env=environment)
        made.append(digests_of(pack_all(tmp_path / f"package of {name}", source / "build/release")))
    assert made[0] == made[1]
