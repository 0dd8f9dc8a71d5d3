# SPDX-License-Identifier: Apache-2.0
"""The operators' listener: dead letters of all organisations, for who has a credential of its own."""
import json

import pytest
import requests

from http_api import Api
from jobtrail_process import Serve, free_port, run_jobtrail
from needs import need
from outbox_rows import bury
from stories import LATER, of_a_later_schema, statuses
from waiting import wait_for_equal, wait_until
from world import World

SECRET = "a" * 31 + "é".encode("utf-8").hex()


class Operators:
    """Asks at the listener, with a secret or without."""

    def __init__(self, world, folder):
        self.file = folder / "operators"
        self.port = free_port()
        self.write(f"# who\nanna  {SECRET}\nbert\t{'b' * 64}\n")
        self.settings = {**world.settings(), "operator.listen": f"127.0.0.1:{self.port}",
                         "operator.credentials": self.file, "dead-letters.patience": "0s"}

    def write(self, text, mode=0o600):
        self.file.write_text(text, encoding="utf-8")
        self.file.chmod(mode)

    def ask(self, method, path, secret=SECRET, **headers):
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=30)

    def letters(self, query=""):
        answer = self.ask("GET", f"/dead-letters{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()["deadLetters"]


@pytest.fixture(name="operators")
def fixture_operators(migrated, tmp_path):
    return Operators(migrated, tmp_path)


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]


def test_letters_are_seen_sent_again_and_discarded(migrated, operators, serve, tmp_path):
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    running = serve({**operators.settings, "schema.directory": schemas})
    migrated.produce("events", [of_a_later_schema("late"), ("k", b"\xffno Avro", [("trace", b"\xfft")])])
    wait_until(lambda: migrated.rows("select from jobtrail.dead_letter having count(published_at) = 2"), "both are out")
    by_reason = {letter["reason"]: letter for letter in operators.letters()}
    late, broken = by_reason["SCHEMA_UNKNOWN"]["id"], by_reason["FRAMING"]["id"]
    assert [letter["id"] for letter in operators.letters("?reason=FRAMING&limit=1")] == [broken]
    assert operators.letters("?topic=another") == []
    whole = operators.ask("GET", f"/dead-letters/{broken}").json()
    assert (whole["key"], whole["valueHex"]) == ("k", b"\xffno Avro".hex()) and "valueText" not in whole
    assert whole["headers"] == [{"name": "trace", "nameHex": b"trace".hex(), "valueHex": b"\xfft".hex()}]
    assert "framings" in whole["notDecoded"] and "decoded" not in whole
    answer = operators.ask("POST", f"/dead-letters/{late}/retry")
    assert (answer.status_code, answer.json()["done"], answer.json()["reason"]) == (409, False, "SCHEMA_UNKNOWN")
    (schemas / "later.avsc").write_text(json.dumps(LATER), encoding="utf-8")
    assert operators.ask("GET", f"/dead-letters/{late}").json()["decoded"]["job_id"] == "late"
    answer = operators.ask("POST", f"/dead-letters/{late}/retry")
    assert (answer.status_code, answer.json()) == (200, {"done": True})
    running.stop()
    running = serve({**operators.settings, "schema.directory": schemas})
    wait_for_equal(lambda: statuses(migrated), {"accepted": 1}, "the job is there")
    migrated.execute("update jobtrail.dead_letter set published_at = null, refusal = 'for the test'")
    answer = operators.ask("DELETE", f"/dead-letters/{broken}")
    assert (answer.status_code, answer.json()["reason"]) == (409, "UNPUBLISHED")
    assert operators.ask("DELETE", f"/dead-letters/{broken}?unpublished=true", "b" * 64).json() == {"done": True}
    assert operators.letters() == []
    discarded = f'"a dead letter was discarded" operator=bert letter={broken}'
    wait_until(lambda: discarded in running.log_text(), "it is logged")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/retry")):
        assert problem(operators.ask(method, f"/dead-letters/{broken}{path}")) == (404, "not-found")
    running.stop()


def test_nobody_else_gets_anything(migrated, operators, serve, tmp_path):
    """No member's token, whatever its role; and the page alone is for everybody."""
    api = Api(tmp_path)
    running = serve(api.settings(operators.settings))
    migrated.produce("events", [("k", b"no Avro", [])])
    wait_until(lambda: operators.letters(), "there is a letter")
    root = api.token("root", "Administrator")
    letter = operators.letters()[0]["id"]
    for secret in (None, root, "", SECRET[:-1], SECRET + "a", "anna", "b" * 63):
        for method, path in (("GET", ""), ("GET", f"/{letter}"), ("POST", f"/{letter}/retry"), ("DELETE", f"/{letter}"),
                             ("GET", "/x"), ("PUT", "/1")):
            answer = operators.ask(method, f"/dead-letters{path}", secret)
            assert problem(answer) == (401, "not-authenticated") and answer.headers["WWW-Authenticate"] == "Bearer"
    assert operators.letters()
    assert api.member("root", "Administrator").get("/dead-letters").status_code == 404
    assert running.get("/dead-letters")[0] == 404, "nor does the admin listener tell of them"
    page = operators.ask("GET", "/", None)
    assert page.status_code == 200 and "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name, kind in (("letters.js", "text/javascript"), ("theme.css", "text/css"), ("icon.svg", "image/svg+xml")):
        assert operators.ask("GET", f"/{name}", None).headers["Content-Type"].startswith(kind)
    running.stop()


@pytest.mark.parametrize("path,status,kind", [
    ("/dead-letters?limit=0", 400, "bad-parameter"), ("/dead-letters?limit=1001", 400, "bad-parameter"),
    ("/dead-letters?limit=x", 400, "bad-parameter"), ("/dead-letters?page=2", 400, "bad-parameter"),
    ("/dead-letters?reason=%00", 400, "bad-request"), ("/dead-letters/x", 404, "not-found"),
    ("/dead-letters/99999999999999999999", 404, "not-found"), ("/dead-letters/1/retry", 405, "method-not-allowed"),
    ("/dead-letters/1/else", 404, "not-found"), ("/none.js", 404, "not-found"), ("/main.js", 404, "not-found")])
def test_what_is_wrong_is_told(asked_once, path, status, kind):
    answer = asked_once.ask("GET", path)
    assert problem(answer) == (status, kind)
    assert answer.headers.get("Allow") == ("POST" if status == 405 else None)


@pytest.fixture(name="asked_once", scope="module")
def fixture_asked_once(tmp_path_factory):
    need("JOBTRAIL_POSTGRES_CONNINFO", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    world, folder = World(), tmp_path_factory.mktemp("operators")
    run_jobtrail(world.settings(), "migrate")
    mine = Operators(world, folder)
    running = Serve(mine.settings, folder).wait_ready()
    yield mine
    running.close()
    world.close()


@pytest.mark.parametrize("text,mode,words", [
    ("anna " + "a" * 31, 0o600, "line 1: a secret has at least 32 bytes"),
    ("\nanna", 0o600, "line 2: expected a name"), ("anna " + "a" * 32 + " x", 0o600, "line 1: expected a name"),
    ("# nobody\n", 0o600, "names nobody"), ("a " + "s" * 32 + "\nb " + "s" * 32, 0o600, "line 2: somebody else"),
    ("anna " + "a" * 32, 0o604, "chmod 600"), (None, 0, "No such file")])
def test_it_does_not_start_with_credentials_that_are_none(operators, text, mode, words):
    if text is None:
        operators.file.unlink()
    else:
        operators.write(text, mode)
    refused(operators.settings, words)


def test_it_does_not_start_without_credentials(operators):
    refused({**operators.settings, "operator.credentials": ""}, "operator.listen needs operator.credentials")


def refused(settings, words):
    with pytest.raises(AssertionError) as failure:
        run_jobtrail(settings, "serve", status=0)
    assert "status 3" in str(failure.value) and words in str(failure.value)


@pytest.mark.long
def test_without_kafka_a_letter_is_kept(migrated, operators, launch):
    bury(migrated, 1, b"x")
    letter = migrated.rows("select id from jobtrail.dead_letter")[0]["id"]
    running = launch({**operators.settings, "kafka.bootstrap.servers": "127.0.0.1:1"})
    wait_until(lambda: is_there(operators), "it listens")
    assert problem(operators.ask("POST", f"/dead-letters/{letter}/retry")) == (503, "unavailable")
    wait_until(lambda: "could not be done\" operator=anna" in running.log_text(), "it is logged")
    assert [each["id"] for each in operators.letters()] == [letter]
    migrated.execute("alter table jobtrail.dead_letter rename to elsewhere")
    assert problem(operators.ask("GET", "/dead-letters"))[0] >= 500
    running.kill()


def is_there(operators):
    try:
        return operators.ask("GET", "/").status_code == 200
    except requests.ConnectionError:
        return False
