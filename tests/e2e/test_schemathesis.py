# SPDX-License-Identifier: Apache-2.0
"""schemathesis against the API as it is defined: whatever is asked, no server error and no answer
that is not in schemas/openapi.yaml. A dismissed job stays readable: so use_after_free is left out.
JOBTRAIL_SEED repeats a run."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

from asking import created, now_us
from http_api import Api
from stories import single_object
from waiting import wait_until

pytestmark = pytest.mark.early
HERE = pathlib.Path(__file__).parent
DEFINITION = HERE.parents[1] / "schemas/openapi.yaml"
HOUR_US = 3600 * 1_000_000


def jobs():
    """One in each state, of ada's, and one of bob's, in acme."""
    at = now_us() - HOUR_US
    of = {"organization_id": "acme", "occurred_at": at}
    names = (("run", "ada"), ("good", "ada"), ("bad", "ada"), ("gone", "ada"), ("new", "ada"), ("bobs", "bob"))
    return [created(job, creator, **of) for job, creator in names] + [
        created("seed", type="Seed", **of),
        single_object("JobStarted", job_id="run", **of),
        single_object("JobSucceeded", job_id="good", result_uri="https://example.test/r", **of),
        single_object("JobFailed", job_id="bad", error_code="E", error_detail="why", **of),
        single_object("JobCancelled", job_id="gone", **of)]


@pytest.mark.parametrize("examples, least", [
    (12, 500), pytest.param(700, 10_000, marks=pytest.mark.long)], ids=["some", "many"])
def test_each_answer_is_as_defined(migrated, serve, tmp_path, examples, least):
    api = Api(tmp_path)
    serve({**api.settings(migrated.settings()), "http.rate": 1_000_000, "http.wait-for": "10ms"})
    migrated.produce("events", jobs())
    wait_until(migrated.is_caught_up, "all is projected")
    token = api.token("ada", "Manager", "acme", exp=now_us() // 1_000_000 + 7200)
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run", DEFINITION,
         "--url", f"{api.root}/organizations/acme", "-H", f"Authorization: Bearer {token}", "--checks", "all",
         "--exclude-checks", "use_after_free", "--exclude-path-regex", "/stream$", "--warnings", "off",
         "--max-examples", str(examples), "--seed", os.environ.get("JOBTRAIL_SEED", "1"),
         "--generation-database", "none", "--no-color", "--output-sanitize", "false"],
        cwd=tmp_path, env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")},
        capture_output=True, text=True, timeout=3600, check=False)
    print(done.stdout[-20_000:], done.stderr[-2_000:])
    assert done.returncode == 0
    asked = int(re.search(r"([\d,]+) generated", done.stdout).group(1).replace(",", ""))
    assert asked >= least
