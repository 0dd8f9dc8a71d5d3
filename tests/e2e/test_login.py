# SPDX-License-Identifier: Apache-2.0
"""jobtrail login and logout, at an issuer that others wrote, and at the demo's."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import socket
import stat
import subprocess

import pytest
import requests

from command import run, running
from http_api import Api
from jobtrail_process import free_port
from needs import need
from real_issuer import Browser, RealIssuer
from small_disk import SmallDisk
from small_server import SmallHandler, SmallServer
from waiting import wait_until


class Place:
    """A service, its issuer, and where one who signs in keeps that."""

    def __init__(self, folder, issuer, root):
        self.folder, self.issuer, self.root = folder, issuer, root
        self.settings, self.state = {"url": root}, folder / "state"

    def file(self):
        found = list((self.state / "jobtrail").glob("*.json"))
        return found[0] if found else None

    def kept(self):
        return json.loads(self.file().read_text(encoding="utf-8"))

    def change(self, **members):
        self.file().write_text(json.dumps({**self.kept(), **members}), encoding="utf-8")

    @contextlib.contextmanager
    def signing_in(self, *arguments):
        """A login that waits for its member, and the addresses and the code that it told."""
        with running(self.settings, self.folder, "login", *arguments) as command:
            wait_until(lambda: b"Ctrl-C" in command.err.read_bytes() or command.process.poll() is not None, "it tells where to sign in")
            told = command.err.read_text(encoding="utf-8")
            command.addresses = re.findall(r"^  (http\S+)$", told, re.M)
            command.code = (re.findall(r"the code  (\S+)$", told, re.M) + [None])[0]
            command.told = told
            yield command

    def sign_in(self, member="ada", **decision):
        with self.signing_in() as command:
            Browser(member).enter_code(command.addresses[0], command.code, **decision)
            return command.process.wait(60), command.printed(), command.err.read_text(encoding="utf-8")


@pytest.fixture
def place(migrated, serve, tmp_path, monkeypatch):
    """place(**settings): of the issuer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    issuers = []

    def make(**settings):
        issuers.append(RealIssuer(tmp_path, **settings))
        api = Api(tmp_path)
        serve({**api.settings(migrated.settings()), **issuers[-1].settings()}, "--only", "http")
        return Place(tmp_path, issuers[-1], api.root)

    yield make
    for issuer in issuers:
        issuer.stop()


@contextlib.contextmanager
def largest_file(disk):
    """What a disk that only counts as full has to be asked with."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if disk.largest_file != "unlimited":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(disk.largest_file), limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def listed(place, *arguments):
    return run(place.settings, "list", *arguments)


def test_one_signs_in_by_a_device_code_and_out_again(place):
    place = place(slowDowns=1)
    code, _, error = listed(place)
    assert code == 3 and f"nobody is signed in at {place.root}" in error and "jobtrail login" in error
    code, out, error = place.sign_in()
    assert code == 0, error
    assert out == f"Signed in at {place.root} as ada [31m of org-a, of org-a.\n" and "\x1b" not in error
    assert stat.S_IMODE(place.file().stat().st_mode) == 0o600 and stat.S_IMODE(place.file().parent.stat().st_mode) == 0o700
    assert {each.name for each in place.file().parent.iterdir()} == {place.file().name, "lock"}
    code, _, error = listed(place)
    assert code == 0, error
    assert listed(place, "--url", place.root + "/")[0] == 0 and listed(place, "--url", place.root + "/other")[0] == 3
    assert run({**place.settings, "token": "x.y.z", "organization": "org-a"}, "list")[0] == 77, "a token that is given counts"
    assert run({}, "list")[0] == 0, "where one is signed in"
    assert run({"token": "x.y.z", "organization": "org-a"}, "list")[0] == 3, "but no other token goes there"
    other = place.file().with_name("other.json")
    other.write_text("{}", encoding="utf-8")
    code, _, error = run({}, "list")
    assert code == 3 and "signed in at several" in error
    other.unlink()
    refresh = place.kept()["refreshToken"]
    code, out, error = run(place.settings, "logout")
    assert (code, out, error) == (0, f"Signed out at {place.root}.\n", "") and not place.file()
    assert place.issuer.ask_for_tokens(refresh)["error"] == "invalid_grant"
    assert listed(place)[0] == 3
    code, out, error = run(place.settings, "logout")
    assert (code, out) == (0, "") and "nobody is signed in" in error


def test_one_signs_in_by_a_browser(place):
    place = place(without=["device", "revocation"])
    with place.signing_in() as command:  # without device codes it is the browser
        address, = command.addresses
        port = int(re.search(r"127.0.0.1%3A(\d+)%2F", address)[1])
        idle = socket.create_connection(("127.0.0.1", port))  # browsers open some in advance
        for noise in ("/favicon.ico", "/?state=another&code=x", "/?code=x"):
            assert requests.get(f"http://127.0.0.1:{port}{noise}", timeout=30).status_code == 404
        browser = Browser("ada")
        page = browser.sign_in(browser.open(address))
        assert page.status_code == 200 and "Back to the terminal" in page.text
        assert command.process.wait(60) == 0, command.err.read_text(encoding="utf-8")
        idle.close()
    code, _, error = listed(place)
    assert code == 0, error
    code, _, error = run(place.settings, "logout")
    assert code == 0 and "no way to take tokens back" in error and not place.file()


def test_tokens_are_renewed_by_one_process_at_a_time(place):
    place = place()
    assert place.sign_in()[0] == 0
    place.change(renewsAt=0, endsAt=0)
    before = place.kept()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = [each.result() for each in [pool.submit(listed, place) for _ in range(6)]]
    assert [answer[0] for answer in answers] == [0] * 6, answers
    # The issuer takes the whole sign-in back when a refresh token comes twice.
    assert place.issuer.said("grant", "refresh_token") == 1 and not place.issuer.said("grant revoked")
    assert place.kept()["refreshToken"] != before["refreshToken"] and place.kept()["accessToken"] != before["accessToken"]
    place.change(accessToken="e30.e30.e30")  # the API will not have it, whatever the clock says
    code, _, error = run({**place.settings, "organization": "org-a"}, "list")
    assert code == 0 and place.issuer.said("grant", "refresh_token") == 2, error
    place.change(renewsAt=0)  # and while it still is good, an issuer that is away is no reason to stop
    place.issuer.stop()
    assert listed(place)[0] == 0
    place.change(endsAt=0)
    code, _, error = listed(place)
    assert code == 75 and "the issuer" in error


def test_a_sign_in_that_ended_is_told(place):
    place = place(accessTokenSeconds=5)
    assert place.sign_in()[0] == 0
    place.issuer.ask_for_tokens(place.kept()["refreshToken"])
    place.issuer.ask_for_tokens(place.kept()["refreshToken"])  # a thief's: the issuer takes all of it back
    place.change(renewsAt=0, endsAt=0)
    code, _, error = listed(place)
    assert code == 77 and 'sign in again with "jobtrail login"' in error
    place.change(renewsAt=0, endsAt=0, refreshToken="")
    code, _, error = listed(place)
    assert code == 77 and "the sign-in has ended" in error
    place.change(renewsAt=9 * 10**9, endsAt=9 * 10**9, accessToken="e30.e30.e30")  # nothing to renew it with: the API says why
    code, _, error = run({**place.settings, "organization": "org-a"}, "list")
    assert code == 77 and "the API does not accept the token" in error
    place.change(accessToken="a\r\nX-Other: b")
    code, _, error = run({**place.settings, "organization": "org-a"}, "list")
    assert code == 3 and "no bearer token has" in error


def test_who_is_not_let_in_is_told_why(place):
    hasty, place = place(deviceSeconds=2), place()
    code, out, error = place.sign_in(abort="yes")
    assert (code, out) == (77, "") and "denied there" in error and not place.file()
    with hasty.signing_in() as command:
        assert command.process.wait(60) == 77 and "not entered in time" in command.err.read_text(encoding="utf-8")
    with place.signing_in() as command:
        assert command.interrupt() == 130
    with place.signing_in("--browser") as command:
        assert command.interrupt() == 130
    assert run(place.settings, "login", "--client-id", "other")[0] == 3
    assert run(place.settings, "login", "--browser", "--device")[0] == 2
    code, _, error = run(place.settings, "login", "--issuer", "http://192.0.2.1/")
    assert code == 3 and "it has to be https://" in error
    code, _, error = run(place.settings, "login", "--issuer", place.issuer.address + "/")
    assert code == 3 and "calls itself" in error
    code, _, error = run({"url": place.issuer.address}, "login")
    assert code == 3 and "does not tell how one signs in" in error
    place.issuer.stop()
    assert run(place.settings, "login")[0] == 75
    assert not list((place.folder / "state/jobtrail").glob("*"))


GOOD = {"token_endpoint": "{}/token", "authorization_endpoint": "{}/authorize", "device_authorization_endpoint": "{}/device"}
CODE = {"device_code": "d", "user_code": "A-B", "verification_uri": "{}/enter", "interval": 1}
ODD = (  # what the issuer says of itself, of a code and of tokens; what becomes of it, and the words for that
    ({"issuer": "https://x\x1b]0;owned\x07"}, CODE, {}, 3, "calls itself https://x ]0;owned "), ([], CODE, {}, 3, "is no issuer of OpenID Connect"),
    ({"token_endpoint": None}, CODE, {}, 3, "names no token_endpoint"), ({"token_endpoint": "http://192.0.2.1/t"}, CODE, {}, 3, "has to be https://"),
    ({"device_authorization_endpoint": "http://127.0.0.1/\u009b31m"}, CODE, {}, 3, "no address has"), ({"token_endpoint": "ftp://x"}, CODE, {}, 3, "neither http"),
    ({}, [], {}, 77, "has no code to sign in with"), ({}, {**CODE, "verification_uri": 7}, {}, 77, "has no code to sign in with"),
    ({}, CODE, {"access_token": "a", "token_type": "DPoP"}, 77, "no bearer token"), ({}, CODE, [], 77, "no bearer token"),
    ({}, {**CODE, "user_code": "A\x1b[2JB"}, {"error": "new\x1b[2Jerror", "error_description": "because\r\n"}, 77, "new [2Jerror: because"),
    ({}, {**CODE, "expires_in": 1}, {"error": "authorization_pending"}, 77, "not entered in time"))


def test_an_odd_issuer_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    said = {}

    class Handler(SmallHandler):
        """A service and its issuer."""

        def do_GET(self):  # pylint: disable=invalid-name
            if self.path == "/page/settings.json":
                self.send_json(200, "application/json", {"login": {"issuer": server.url, "clientId": "jobs", "scope": None}, "scope": "openid"})
            else:
                self.send_json(200, "application/json", said["metadata"])

        def do_POST(self):  # pylint: disable=invalid-name
            self.body()
            self.send_json(400 if "error" in said["tokens"] and self.path == "/token" else 200, "application/json",
                           said["code"] if self.path == "/device" else said["tokens"])

    server = SmallServer(Handler).start()
    for metadata, device, tokens, code, words in ODD:
        metadata = {"issuer": server.url, **GOOD, **metadata} if isinstance(metadata, dict) else metadata
        said.update(json.loads(json.dumps({"metadata": metadata, "code": device, "tokens": tokens}).replace("{}/", server.url + "/")))
        found, out, error = run({"url": server.url}, "login")
        assert (found, out) == (code, "") and words in error, (words, error)
        assert not {"\x1b", "\x07", "\u009b", "\r"} & set(error)
    server.stop()
    assert not list((tmp_path / "state").rglob("*.json*"))


def test_a_file_that_others_can_read_is_not_used(place):
    place = place()
    assert place.sign_in()[0] == 0
    file = place.file()
    file.chmod(0o644)
    code, _, error = listed(place)
    assert code == 3 and "can be read or written by others (mode 0644)" in error
    other = file.with_name("elsewhere")
    os.rename(file, other)
    other.chmod(0o600)
    file.symlink_to(other)
    assert listed(place)[0] == 3
    file.unlink()
    file.write_text("{", encoding="utf-8")
    file.chmod(0o600)
    code, _, error = listed(place)
    assert code == 3 and "no sign-in that this version can read" in error
    os.rename(other, file)
    file.chmod(0o644)
    assert run(place.settings, "logout")[0] == 0 and not place.file()
    assert place.issuer.said("grant revoked") == 1


def test_a_folder_that_others_can_read_lets_one_sign_out(place):
    place = place()
    assert place.sign_in()[0] == 0
    place.file().parent.chmod(0o755)
    code, _, error = run(place.settings, "login")
    assert code == 3 and "can be read or written by others (mode 0755)" in error and "jobtrail logout" in error
    code, out, error = run(place.settings, "logout")
    assert (code, out) == (0, f"Signed out at {place.root}.\n"), error
    assert place.issuer.said("grant revoked") == 1
    assert place.sign_in()[0] == 0


def test_a_full_disk_costs_no_sign_in(place, tmp_path, monkeypatch):
    place, disk = place(), SmallDisk(tmp_path / "disk")
    monkeypatch.setenv("XDG_STATE_HOME", str(disk.folder))
    place.state = disk.folder
    try:
        assert place.sign_in()[0] == 0
        place.change(renewsAt=0, endsAt=0)
        disk.fill()
        with largest_file(disk):
            code, _, error = listed(place)
        assert code == 3 and "No space left" in error if disk.is_real else code
        assert not place.issuer.said("grant", "refresh_token")  # it may work once
        disk.empty()
        assert listed(place)[0] == 0 and place.issuer.said("grant", "refresh_token") == 1
    finally:
        disk.remove()


def test_the_issuer_of_the_demo_lets_one_sign_in_both_ways(migrated, serve, tmp_path, monkeypatch):
    build, = need("DEV_BUILD")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    api, issuer = Api(tmp_path), f"http://127.0.0.1:{free_port()}"
    with subprocess.Popen([pathlib.Path(build) / "tests/support/issuer/local_issuer", "--listen", issuer.removeprefix("http://"), "--page", api.root,
                           "--client-id", "jobs", "--audience", "jobtrail", "--member", "Manager:ada:org-a:Ada", "--member", "User:bob:org-a:Bob"],
                          stdout=subprocess.DEVNULL) as process:
        serve({**api.settings(migrated.settings()), "auth.issuer": issuer, "auth.jwks": f"{issuer}/jwks", "page.client-id": "jobs"}, "--only", "http")
        place = Place(tmp_path, None, api.root)
        with place.signing_in() as command:
            assert requests.get(f"{issuer}/device?user_code=BCDFGHJK", timeout=30).status_code == 404
            code = command.code.replace("-", " ").lower()
            assert "Ada" in requests.get(f"{issuer}/device", params={"user_code": code}, timeout=30).text
            assert "signed in" in requests.get(f"{issuer}/device", params={"user_code": code, "member": 0}, timeout=30).text
            assert command.process.wait(60) == 0 and command.printed() == f"Signed in at {api.root} as Ada, of org-a.\n"
        assert listed(place)[0] == 0
        code, token, _ = run(place.settings, "token", "print")  # as the demo has it for curl
        answer = requests.get(f"{api.root}/organizations/org-a/jobs", headers={"Authorization": f"Bearer {token.strip()}"}, timeout=30)
        assert code == 0 and answer.status_code == 200 and run(place.settings, "logout")[0] == 0
        with place.signing_in("--browser") as command:
            assert "Back to the terminal" in requests.get(command.addresses[0] + "&member=1", timeout=30).text
            assert command.process.wait(60) == 0 and "as Bob" in command.printed()
        place.change(renewsAt=0, endsAt=0)
        assert listed(place)[0] == 0 and not place.kept()["endsAt"] == 0
        process.kill()
