# SPDX-License-Identifier: Apache-2.0
"""./dev demo as somebody meets it: jobs move, Ctrl-C ends all of it and leaves nothing behind."""
import os
import pathlib
import re
import signal
import subprocess

import psycopg
import pytest
import requests

from needs import need
from waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSTANCE = ROOT / ".dev/demo"


@pytest.fixture
def demo(tmp_path):
    """demo(*options) starts it and waits until it has told where to look."""
    log = tmp_path / "serve-demo.log"
    started = []

    def start(*options):
        # A shell's background process would ignore the signal of Ctrl-C.
        with log.open("wb") as out:
            started.append(subprocess.Popen(
                [ROOT / "dev", "demo", *options], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)))
        wait_until(lambda: b"Ctrl-C" in log.read_bytes() or started[0].poll() is not None,
                   "the demo tells where to look", 300)
        assert started[0].poll() is None, log.read_text()
        return started[0]

    yield start
    for each in started:
        if each.poll() is None:
            each.terminate()
        each.wait(60)


def settings():
    text = (INSTANCE / "env").read_text()
    return dict(re.findall(r"^export (\w+)='(.*)'$", text, re.M))


def newest(conninfo):
    with psycopg.connect(conninfo) as connection:
        return connection.execute("select count(*), max(updated_at) from jobtrail.job").fetchone()


@pytest.mark.long
@pytest.mark.xdist_group("demo")  # in a folder of that name
@pytest.mark.parametrize("options", [[], ["--embedded"]], ids=["kafka", "embedded"])
def test_demo(demo, options, tmp_path):
    need("DEV_JOBTRAIL")
    process = demo(*options)
    conninfo = settings()["JOBTRAIL_POSTGRES_CONNINFO"]
    began = newest(conninfo)
    wait_until(lambda: newest(conninfo) > began, "jobs move", 30)
    page = re.search(r"http://\S+/organizations/organization-01",
                     (tmp_path / "serve-demo.log").read_text())[0]
    answer = requests.get(page, headers={"Accept": "text/html"}, timeout=10)
    assert answer.ok and answer.headers["Content-Type"].startswith("text/html")
    names = {path.stem for path in INSTANCE.glob("*.pid")}
    ids = [int(path.read_text().split()[0]) for path in INSTANCE.glob("*.pid")]
    assert names == {"postgres", "kafka", "jobtrail", "emit", "issuer"}
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    assert not [each for each in ids if pathlib.Path(f"/proc/{each}").exists()]
    assert not INSTANCE.exists()
