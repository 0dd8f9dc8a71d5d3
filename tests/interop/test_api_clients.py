# SPDX-License-Identifier: Apache-2.0
"""Clients that nobody here wrote ask the API: those for OGC's APIs, and those that generators make of
the definition as it is served. clients/ has a program for each; it prints what it saw."""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time

import pytest
import requests

from asking import created, now_us
from http_api import Api
from jobtrail_process import Serve, run_jobtrail
from needs import need
from stories import single_object
from waiting import wait_until
from world import World

FOLDER = pathlib.Path(__file__).parent / "clients"
pytestmark = pytest.mark.xdist_group("api_clients")  # they ask one service
ODD_JOB, ODD_TYPE = "a/b c?d#e%é", "Odd, type/é"
CLIENTS = ("processes", "python", "typescript", "go")
PROCESSES = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
# What a generated client sees, whatever its language.
SEEN = {
    "listed": [ODD_JOB, "bad"], "odd": ["odd"], "job": ["run", "running", 40], "dots": "..", "missing": 404,
    "cancelled": ["granted", "ALREADY_REQUESTED", "open"], "request": "open", "openapi": "3.0.3"}


class Result(http.server.BaseHTTPRequestHandler):
    """Where a job's result is."""

    def do_GET(self):  # pylint: disable=invalid-name
        """Any address has the same."""
        body = b'{"tiles": 300}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nobody needs to know."""


def events(result_uri):
    """Jobs of ada's in each state, with names that an address has to escape, and one for each client to cancel."""
    of = {"organization_id": "acme", "occurred_at": now_us() - 3600_000_000}
    jobs = [created(job, **of) for job in ("run", "bad", "gone", "new", "..", ODD_JOB, *CLIENTS)]
    jobs += [created("good", type="Seed", **of), created("bobs", "bob", **of), created("odd", type=ODD_TYPE, **of)]
    jobs += [single_object("JobStarted", job_id=job, **of) for job in ("run", "..", ODD_JOB)]
    return jobs + [single_object("JobProgressed", job_id="run", progress=40, **of),
                   single_object("JobSucceeded", job_id="good", result_uri=result_uri, **of),
                   single_object("JobFailed", job_id="bad", error_code="E", error_detail="why", **of),
                   single_object("JobCancelled", job_id="gone", **of)]


class Served:
    """The service with those jobs, ada's token, and where they are."""

    def __init__(self, api, results):
        self.url = f"{api.root}/organizations/acme"
        self.token = api.token("ada", "Manager", "acme", exp=int(time.time()) + 3600)
        self.result = f"http://127.0.0.1:{results.server_port}/r"

    def ask(self, job, *command, folder=None, **environment):
        """What a client, run by the command, prints of it."""
        done = subprocess.run([*command, self.url, self.token, job], cwd=folder, capture_output=True, text=True,
                              timeout=120, check=False, env={**os.environ, **environment})
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def definition(self, folder):
        """As a file, as it is served to whoever asks for JSON."""
        answer = requests.get(f"{self.url}/api?f=json", headers={"Authorization": f"Bearer {self.token}"}, timeout=30)
        file = folder / "openapi.json"
        file.write_bytes(answer.content)
        return file


@pytest.fixture(scope="module", name="served")
def make_served(tmp_path_factory):
    """One for all clients."""
    need("JOBTRAIL_POSTGRES_CONNINFO", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    world, folder = World(), tmp_path_factory.mktemp("clients")
    run_jobtrail(world.settings(), "migrate")
    api = Api(folder)
    results = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Result)
    threading.Thread(target=results.serve_forever, daemon=True).start()
    mine = Served(api, results)
    # Clients hand addresses of links on as they are.
    serve = Serve({**api.settings(world.settings()), "http.base-url": api.root}, folder).wait_ready()
    world.produce("events", events(mine.result))
    wait_until(world.is_caught_up, "all is projected")
    yield mine
    serve.close()
    results.shutdown()
    results.server_close()
    world.close()


@pytest.fixture(name="python")
def find_python():
    """The interpreter of the environment in which clients in Python are."""
    return need("DEV_CLIENTS_PYTHON")[0]


@pytest.fixture(name="node_folder")
def make_node_folder(tmp_path):
    """A folder with the programs for Node.js, and with what they import."""
    for name in ("package.json", "tsconfig.json", "ogc_client.js", "generated.ts"):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(need("DEV_CLIENTS_NODE_MODULES")[0])
    return tmp_path


def classes(seen):
    """The conformance classes of OGC API - Processes."""
    return {each.removeprefix(PROCESSES) for each in seen["conforms"] if each.startswith(PROCESSES)}


def run(*command, **more):
    """A generator or compiler."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, **more)
    assert done.returncode == 0, done.stdout + done.stderr


def test_owslib(served, python):
    """OWSLib finds the definition by its type alone, and OGC's paths in it."""
    seen = served.ask("none", python, FOLDER / "owslib_client.py")
    assert (seen["openapi"], seen["server"]) == ("3.0.3", served.url)
    assert {"/", "/conformance", "/processes", "/processes/{processID}", "/jobs", "/jobs/{jobId}",
            "/jobs/{jobId}/results"} <= set(seen["paths"])
    assert classes(seen) == {"core", "json", "job-list"}
    assert (seen["type"], seen["types"]) == ("Load", ["Load", ODD_TYPE, "Seed"])


def test_ogc_api_processes_client(served, python):
    """Each of its questions, an escaped id and a dismissal among them."""
    seen = served.ask("processes", python, FOLDER / "processes_client.py")
    assert classes(seen) == {"core", "json", "job-list"}
    assert (seen["title"], seen["type"], seen["types"]) == ("Jobtrail", "Load", ["Load", ODD_TYPE, "Seed"])
    assert seen["job"] == ["run", "running", 40] and seen["jobs"] == 12
    assert (seen["dots"], seen["odd"], seen["missing"], seen["cancelled"]) == ("..", ODD_JOB, 404, 202)


def test_camptocamp_ogc_client(served, node_folder):
    """It asks with f=json."""
    seen = served.ask("none", "node", "ogc_client.js", folder=node_folder)
    assert seen["title"] == "Jobtrail" and classes(seen) == {"core", "json", "job-list"}


def test_generated_python(served, python, tmp_path):
    """By openapi-python-client."""
    run(pathlib.Path(python).parent / "openapi-python-client", "generate", "--path", served.definition(tmp_path),
        "--output-path", tmp_path / "jobtrail_api", "--meta", "none", "--fail-on-warning",
        env={**os.environ, "PATH": f"{pathlib.Path(python).parent}:{os.environ['PATH']}"})
    seen = served.ask("python", python, FOLDER / "generated_client.py", PYTHONPATH=str(tmp_path))
    assert seen == {**SEEN, "result": served.result}


def test_generated_typescript(served, node_folder):
    """By openapi-typescript, for openapi-fetch; under tsc's strictest options."""
    programs = node_folder / "node_modules/.bin"
    run(programs / "openapi-typescript", served.definition(node_folder), "-o", node_folder / "api.d.ts")
    run(programs / "tsc", "-p", node_folder)
    seen = served.ask("typescript", "node", "generated.js", folder=node_folder)
    assert seen == {**SEEN, "result": served.result}


@pytest.mark.long
def test_generated_go(served, tmp_path):
    """By oapi-codegen, which takes minutes to be compiled for the first time. Needs Go."""
    assert shutil.which("go"), "this test needs Go 1.24 or newer on the PATH"
    folder = tmp_path / "go"
    shutil.copytree(FOLDER / "go", folder)
    (folder / "api").mkdir()
    run("go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2", "-config", "oapi-codegen.yaml",
        "-o", "api/api.gen.go", served.definition(tmp_path), cwd=folder)
    run("go", "vet", "./...", cwd=folder)
    run("go", "build", "-o", "client", ".", cwd=folder)
    assert served.ask("go", folder / "client") == {**SEEN, "result": served.result}
