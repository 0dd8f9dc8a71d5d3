# SPDX-License-Identifier: Apache-2.0
"""Behind real proxies, as docs/behind-a-proxy.md shows them: every id and type, page, API, live stream
and command line, below a prefix with TLS and HTTP/2, and plain at the root."""
import json
import re
import socket
import subprocess
from urllib.parse import quote, urljoin

import pytest
import requests

from asking import created, now_us
from certificate import made_certificate
from command import api_settings, run, running
from http_api import Api
from jobtrail_process import free_port
from outbox_rows import metric
from own_proxy import default_nginx, documented
from stories import single_object
from waiting import wait_for_equal, wait_until

IDS = ["plain", "load/42", "a//b", "a/../b", "a b", "50%", "a+b", "%2F", "é?d#e", "a;b=c&d"]
TYPE = "Odd, type/é 100%+"


class Behind:
    """A jobtrail whose outside is a proxy. One is in front of it with TLS, another without."""

    def __init__(self, program, world, serve, folder):
        self.certificate = folder / "certificate.pem"
        made_certificate(self.certificate)
        self.api, self.world = Api(folder), world
        port = free_port()
        self.public = f"https://localhost:{port}/portal"
        self.serve = serve({**self.api.settings(world.settings()), "http.base-url": self.public})
        self.proxies = [documented(program, folder / "tls", self.api.port, self.certificate, port),
                        documented(program, folder / "plain", self.api.port)]
        self.plain = f"http://127.0.0.1:{self.proxies[1].port}"
        self.token = self.api.token("ada", "Manager")
        self.session = requests.Session()
        self.session.trust_env = False  # or the machine's certificates would be those
        self.session.verify = str(self.certificate)
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def ask(self, method, url, **options):
        return self.session.request(method, url, timeout=30, allow_redirects=False, **options)

    def curl(self, url, *arguments):
        return ["curl", "-sN", "--cacert", str(self.certificate), "-H", f"Authorization: Bearer {self.token}",
                *arguments, url]


@pytest.fixture(name="behind", params=("nginx", "caddy", "haproxy"))
def fixture_behind(request, migrated, serve, tmp_path):
    migrated.produce("events", [created(each, occurred_at=now_us(), type=TYPE) for each in IDS])
    mine = Behind(request.param, migrated, serve, tmp_path)
    wait_until(migrated.is_caught_up, "all is projected")
    try:
        for proxy in mine.proxies:
            proxy.start()
        yield mine
    finally:
        for proxy in mine.proxies:
            if proxy.process:
                proxy.stop()


def every_job_can_be_opened(behind, root):
    jobs = behind.ask("GET", f"{root}/organizations/org-a/jobs").json()["jobs"]
    assert sorted(job["jobID"] for job in jobs) == sorted(IDS)
    for each in IDS:
        path = f"/organizations/org-a/jobs/{quote(each, safe='')}"
        assert behind.ask("GET", root + path).json()["jobID"] == each
        assert behind.ask("GET", f"{root}{path}/history").status_code == 200
        missing = behind.ask("GET", f"{root}{path}x")
        assert missing.json()["type"].endswith("no-such-job")
        assert missing.json()["instance"] == f"/portal{path}x"
    process = behind.ask("GET", f"{root}/organizations/org-a/processes/{quote(TYPE, safe='')}")
    assert process.json()["id"] == TYPE


def links_lead_back(behind):
    """Whatever the answers name is there, as it stands."""
    seen, todo = set(), [f"{behind.public}/organizations/org-a"]
    while todo:
        address = todo.pop()
        answer = behind.ask("GET", address)
        assert answer.status_code == 200, address
        if "json" not in answer.headers["Content-Type"]:
            continue
        if "openapi" in answer.json():
            continue  # which has examples of addresses
        found = set(re.findall(r'"href": ?"([^"]*)"', answer.text))
        assert all(each.startswith(behind.public + "/organizations/org-a") for each in found), found
        todo += found - seen
        seen |= found | {address}
    assert len(seen) > len(IDS)


def the_page_is_whole(behind, root):
    address = f"{root}/organizations/org-a"
    html = {"headers": {"Accept": "text/html"}}
    page = behind.ask("GET", address, **html)
    assert page.status_code == 200 and "text/html" in page.headers["Content-Type"]
    files = set(re.findall(r'(?:href|src)="(\.\./page/[^"]*)"', page.text))
    assert len(files) > 20
    for each in files:
        assert behind.ask("GET", urljoin(address, each)).status_code == 200, each
    moved = behind.ask("GET", address + "/", **html)
    assert (moved.status_code, urljoin(address + "/", moved.headers["Location"])) == (308, address)


def cancelling_leads_back(behind):
    answer = behind.ask("DELETE", f"{behind.public}/organizations/org-a/jobs/load%2F42")
    assert answer.status_code in (200, 202), answer.text
    location = answer.headers["Location"]
    assert location.startswith(behind.public + "/organizations/org-a/jobs/load%2F42/cancel-requests/")
    assert behind.ask("GET", location).json()["jobID"] == "load/42"


class CurlStream:
    """The live stream as curl has it, by lines in a file."""

    def __init__(self, behind, folder, root, *arguments):
        self.file = folder / f"stream-{free_port()}"
        with self.file.open("wb") as out:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                behind.curl(f"{root}/organizations/org-a/stream", *arguments), stdout=out)

    def messages(self):
        whole = self.file.read_text(encoding="utf-8").rpartition("\n\n")[0]
        blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
                  for block in whole.split("\n\n")]
        return [(block["event"], block.get("id"), json.loads(block["data"])) for block in blocks if "event" in block]

    def progress(self, job_id):
        return [data.get("progress") for event, _, data in self.messages() if event == "job" and data["jobID"] == job_id]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def progressed(behind, progress):
    behind.world.produce("events", [single_object("JobProgressed", job_id="a//b", occurred_at=now_us(), progress=progress)])


def the_stream_is_live(behind, folder, root, progress):
    stream = CurlStream(behind, folder, root)
    wait_until(stream.messages, "its first message comes, and is not held back", 20)
    progressed(behind, progress)
    wait_for_equal(lambda: stream.progress("a//b")[-1:], [progress], "what changes is told", 20)
    stream.stop()
    last = [number for _, number, _ in stream.messages() if number][-1]
    progressed(behind, progress + 1)
    again = CurlStream(behind, folder, root, "-H", f"Last-Event-ID: {last}")
    wait_for_equal(lambda: again.progress("a//b")[-1:], [progress + 1], "what was missed is told", 20)
    again.stop()


def commands_work(behind, folder, root):
    token = folder / "token"
    token.write_text(behind.token, encoding="utf-8")
    settings = {**api_settings(root, token), "ca.file": behind.certificate}
    code, out, error = run(settings, "list", "--output", "json")
    assert code == 0 and len(json.loads(out)) == len(IDS), error
    for each in IDS:
        code, out, error = run(settings, "show", each, "--output", "json")
        assert code == 0 and json.loads(out)["job"]["jobID"] == each, error
    with running(settings, folder, "watch", "a b") as command:
        wait_until(command.printed, "it is shown as it is")
        behind.world.produce("events", [single_object("JobSucceeded", job_id="a b", occurred_at=now_us())])
        assert command.process.wait(30) == 0


def test_behind_the_proxy_of_the_documentation(behind, tmp_path):
    version = subprocess.run(behind.curl(f"{behind.public}/organizations/org-a/jobs", "-o", "/dev/null", "-w",
                                         "%{http_code} %{http_version}"), capture_output=True, text=True, check=True)
    assert version.stdout == "200 2"
    for progress, root in ((10, behind.public), (20, behind.plain)):
        every_job_can_be_opened(behind, root)
        the_page_is_whole(behind, root)
        the_stream_is_live(behind, tmp_path, root, progress)
    links_lead_back(behind)
    cancelling_leads_back(behind)
    commands_work(behind, tmp_path, behind.public)


FORGED = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "forged.example"}


def _link(member, root, **headers):
    answer = requests.get(f"{root}/organizations/org-a", timeout=30, headers={**member, **headers})
    return next(each["href"] for each in answer.json()["links"] if each["rel"] == "self")


def test_links_without_a_base_url(migrated, serve, tmp_path):
    """They begin with what a trusted proxy says, or with where the client connected to; never with what
    somebody else says, and are paths where nobody can know."""
    api = Api(tmp_path)
    member = {"Authorization": f"Bearer {api.token()}"}
    proxies = {name: documented(name, tmp_path / name, api.port).start() for name in ("nginx", "caddy", "haproxy")}
    proxies["default"] = default_nginx(tmp_path / "default", api.port).start()
    roots = {name: f"http://127.0.0.1:{proxy.port}" for name, proxy in proxies.items()}
    try:
        running_serve = serve(api.settings(migrated.settings()))
        assert _link(member, api.root) == f"{api.root}/organizations/org-a"
        for root in (*roots.values(), api.root):
            assert _link(member, root, **FORGED) == "/organizations/org-a"
        running_serve.stop()
        serve({**api.settings(migrated.settings()), "http.trusted-proxies": "127.0.0.0/8"})
        for name in ("nginx", "caddy", "haproxy"):
            assert _link(member, roots[name], **FORGED) == f"{roots[name]}/organizations/org-a", name
        assert _link(member, roots["default"]) == "/organizations/org-a"
    finally:
        for proxy in proxies.values():
            proxy.stop()


def test_a_client_behind_a_trusted_proxy_has_so_much(migrated, serve, tmp_path):
    api = Api(tmp_path)
    mine = serve({**api.settings(migrated.settings()), "http.trusted-proxies": "127.0.0.1",
                  "http.connections-per-address": 3})
    stream = ("GET /organizations/org-a/stream HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\n"
              f"Authorization: Bearer {api.token()}\r\n\r\n")

    def ask(client):
        return requests.get(f"{api.root}/organizations/org-a/jobs", timeout=30, headers={
            "Authorization": f"Bearer {api.token()}", "X-Forwarded-For": client})
    streams = [_opened(api.port, stream) for _ in range(3)]
    refused = ask("198.51.100.7")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1"), refused.text
    assert ask("198.51.100.8").status_code == 200
    assert metric(mine, 'jobtrail_http_share_used_up_total{what="connection",share="member"}') == 1
    streams.pop().close()
    wait_until(lambda: ask("198.51.100.7").status_code == 200, "one of them has ended")
    for each in streams:
        each.close()


def _opened(port, request):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    client.sendall(request.encode())
    client.recv(12)  # it was answered
    return client


def test_more_streams_than_one_address_may_have(migrated, serve, tmp_path):
    """All that a proxy hands on comes from its address: lists are answered whatever streams are open."""
    api = Api(tmp_path)
    serve(api.settings(migrated.settings()))
    proxy = default_nginx(tmp_path / "nginx", api.port).start()
    streams = []
    try:
        head = "/organizations/org-a/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        for member in range(30):
            token = api.token(f"member-{member}", "Manager")
            streams += [_opened(proxy.port, f"GET {head}{token}\r\n\r\n") for _ in range(10)]
        answer = requests.get(f"http://127.0.0.1:{proxy.port}/organizations/org-a/jobs", timeout=30,
                              headers={"Authorization": f"Bearer {api.token()}"})
        assert answer.status_code == 200, answer.text
    finally:
        for each in streams:
            each.close()
        proxy.stop()


def test_watching_behind_proxies_that_hold_the_stream_back(migrated, serve, tmp_path):
    """The inner nginx takes the word of it away, and the outer one buffers."""
    api = Api(tmp_path)
    serve(api.settings(migrated.settings()))
    migrated.produce("events", [created("j", occurred_at=now_us())])
    wait_until(migrated.is_caught_up, "all is projected")
    inner = default_nginx(tmp_path / "inner", api.port).start()
    outer = default_nginx(tmp_path / "outer", inner.port).start()
    token = tmp_path / "token"
    token.write_text(api.token(), encoding="utf-8")
    try:
        with running(api_settings(f"http://127.0.0.1:{outer.port}", token), tmp_path, "watch", "j") as command:
            wait_until(command.printed, "it is shown as it is")
            migrated.produce("events", [single_object("JobSucceeded", job_id="j", occurred_at=now_us())])
            assert command.process.wait(90) == 0
            assert command.printed().splitlines()[-1].endswith("successful  100 %")
    finally:
        outer.stop()
        inner.stop()
