# SPDX-License-Identifier: Apache-2.0
"""cmake --install, below any prefix."""
import os
import re

import pytest

from installed import ROOT, build_folder, program, run


def install(prefix, **more):
    run("cmake", "--install", build_folder(), "--prefix", prefix, **more)


@pytest.fixture(name="prefix")
def fixture_prefix(tmp_path):
    install(tmp_path / "opt")
    return tmp_path / "opt"


def test_what_is_installed_works_where_it_is(prefix):
    version = re.search(r"project\(jobtrail VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    assert run(prefix / "bin/jobtrail", "--version") == f"jobtrail {version}\n"
    for name in ("jobtrail", "jobtrail-dead-letters", "jobtrail.conf", "libjobtrail", "jobtrail_job_open"):
        assert run(program("man"), "-M", prefix / "share/man", "-w", name).startswith(str(prefix))
    for folder in ("avro", "sql"):
        there = sorted(path.name for path in (prefix / "share/jobtrail/schemas" / folder).iterdir())
        assert there == sorted(path.name for path in (ROOT / "schemas" / folder).iterdir())
    for name in ("alerts.yaml", "dashboard.json", "schemas/openapi.yaml", "schemas/asyncapi.yaml"):
        assert (prefix / "share/jobtrail" / name).read_bytes()
    for name in ("LICENSE", "CHANGELOG.md"):
        assert (prefix / "share/doc/jobtrail" / name).read_bytes() == (ROOT / name).read_bytes()


def test_each_link_of_the_documents_leads_to_something(prefix):
    documents = list((prefix / "share/doc/jobtrail").rglob("*.md"))
    assert len(documents) > 10
    for path in documents:
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: there is no {target}"
    for path in prefix.rglob("*"):
        assert path.exists(), f"{path} leads nowhere"
        if path.is_symlink():
            assert path.resolve().is_relative_to(prefix.resolve()), path


def test_the_unit_is_right_and_hardened(prefix, tmp_path):
    unit = prefix / "lib/systemd/system/jobtrail.service"
    assert f"ExecStart={prefix}/bin/jobtrail serve --config {prefix}/etc/jobtrail/jobtrail.conf\n" in unit.read_text(
        encoding="utf-8")
    assert run(program("systemd-analyze"), "verify", "--man=no", unit) == ""
    judged = run(program("systemd-analyze"), "security", "--offline=true", "--threshold=20", "--no-pager", unit)
    assert re.search(r"exposure level for jobtrail\.service: [01]\.\d ", judged), judged
    (tmp_path / "etc").mkdir()
    run(program("systemd-sysusers"), f"--root={tmp_path}", prefix / "lib/sysusers.d/jobtrail.conf")
    assert re.search(r"^jobtrail:.*:/usr/sbin/nologin$", (tmp_path / "etc/passwd").read_text(encoding="utf-8"), re.MULTILINE)


def test_a_configuration_that_is_there_is_kept(prefix):
    configuration = prefix / "etc/jobtrail/jobtrail.conf"
    assert configuration.stat().st_mode & 0o777 == 0o640
    configuration.write_text("log.level = warn\n", encoding="utf-8")
    install(prefix)
    assert configuration.read_text(encoding="utf-8") == "log.level = warn\n"


def test_usr_has_its_configuration_in_etc(tmp_path):
    install("/usr", env={**os.environ, "DESTDIR": str(tmp_path)})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["etc", "usr"]
    unit = tmp_path / "usr/lib/systemd/system/jobtrail.service"
    assert "ExecStart=/usr/bin/jobtrail serve --config /etc/jobtrail/jobtrail.conf\n" in unit.read_text(encoding="utf-8")
    assert (tmp_path / "etc/jobtrail/jobtrail.conf").is_file()
