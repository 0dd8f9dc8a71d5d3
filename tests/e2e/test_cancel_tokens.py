# SPDX-License-Identifier: Apache-2.0
"""Cancel requests over Kafka that prove who asks by a token: what is granted, and each way past."""
import base64
import hashlib
import hmac
import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from asking import asked, created, decisions
from waiting import wait_for_equal, wait_until

ISSUER, AUDIENCE = "https://issuer.example", "jobtrail-cancel"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC_PEM = KEY.public_key().public_bytes(serialization.Encoding.PEM,
                                           serialization.PublicFormat.SubjectPublicKeyInfo)


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def number(value):
    return part(value.to_bytes(-(-value.bit_length() // 8), "big")).decode()


def signed(claims, key=KEY, **header):
    text = part({"alg": "RS256", "kid": "one", **header}) + b"." + part(claims)
    return text + b"." + part(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))


def with_hmac(claims):
    text = part({"alg": "HS256", "kid": "one"}) + b"." + part(claims)
    return text + b"." + part(hmac.new(PUBLIC_PEM, text, hashlib.sha256).digest())


def claims_for(job, member, request, **more):
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": member, "organization_id": "org-a",
            "exp": int(time.time()) + 120, "request_id": request, "job_id": job, **more}


@pytest.fixture
def tokens(migrated, tmp_path):
    """Settings of a gate that wants tokens."""
    numbers = KEY.public_key().public_numbers()
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256",
                                          "n": number(numbers.n), "e": number(numbers.e)}]}))
    return {**migrated.settings(), "cancel.requests.authentication": "token",
            "cancel.requests.audience": AUDIENCE, "auth.issuer": ISSUER, "auth.audience": "api",
            "auth.jwks": keys}


def ask(job, member="ada", token=None, headers=None, **claims):
    """A request whose token is made by `token` from the claims that fit, changed by `claims`."""
    request = str(uuid.uuid4())
    made = (token or signed)(claims_for(job, member, request, **claims))
    return asked(job, member, request_id=request,
                 headers=[("authorization", b"Bearer " + made)] if headers is None else headers)


def test_who_proves_it_is_granted(migrated, serve, tokens):
    running = serve(tokens)
    migrated.produce("events", [created("a"), created("b")])
    wait_until(lambda: len(migrated.jobs("org-a")) == 2, "the jobs are there")
    migrated.produce("cancel-requests", [ask("a"), ask("b", "bob")])
    wait_for_equal(lambda: decisions(migrated), [("a", "ada", "CREATOR"), ("b", "bob", "NOT_CREATOR")],
                   "both are decided")
    running.stop()


def test_each_way_past(migrated, serve, tokens):
    running = serve(tokens)
    migrated.produce("events", [created("a")])
    wait_until(lambda: len(migrated.jobs("org-a")) == 1, "the job is there")
    now, good = int(time.time()), ask("a")[2]
    stolen = ask("a", "bob")[2]
    attempts = {
        "no token": ask("a", headers=[]),
        "another's token": ask("a", headers=stolen),
        "the token of another request": ask("a", headers=good),
        "two tokens": ask("a", headers=good + stolen),
        "no scheme": ask("a", headers=[("authorization", good[0][1][7:])]),
        "another scheme": ask("a", headers=[("authorization", b"Basic " + good[0][1][7:])]),
        "another member": ask("a", sub="bob"),
        "another organisation": ask("a", organization_id="org-b"),
        "another job": ask("a", job_id="b"),
        "another request": ask("a", request_id=str(uuid.uuid4())),
        "no request": ask("a", request_id=None),
        "another issuer": ask("a", iss=ISSUER + "/"),
        "the audience of the API": ask("a", aud="api"),
        "expired": ask("a", exp=now - 120),
        "valid for too long": ask("a", exp=now + 3600),
        "not yet valid": ask("a", nbf=now + 600),
        "no expiry": ask("a", exp=None),
        "another key": ask("a", token=lambda claims: signed(claims, OTHER_KEY)),
        "no algorithm": ask("a", token=lambda claims: part({"alg": "none"}) + b"." + part(claims) + b"."),
        "HMAC with the public key": ask("a", token=with_hmac),
        "a key of its own": ask("a", token=lambda claims: signed(claims, OTHER_KEY, jwk={"kty": "RSA"})),
        "something critical": ask("a", token=lambda claims: signed(claims, crit=["b64"], b64=False)),
    }
    migrated.produce("cancel-requests", attempts.values())
    wait_until(lambda: len(decisions(migrated)) == len(attempts), "all are decided")
    reasons = {row["record_offset"]: row["reason_code"]
               for row in migrated.rows("select * from jobtrail.cancellation")}
    assert set(reasons.values()) == {"INVALID_CREDENTIALS"}
    assert migrated.rows("select 1 from jobtrail.cancel_command") == []
    # None of them stands in the way of the one that is right.
    migrated.produce("cancel-requests", [ask("a")])
    wait_until(lambda: ("a", "ada", "CREATOR") in decisions(migrated), "it is granted")
    log = running.log_text()
    assert not any(headers[0][1][7:27].decode() in log for _, _, headers in attempts.values() if headers)
    running.stop()


def test_a_gate_that_was_away_judges_as_one_that_was_there(migrated, serve, tokens):
    """A token may have run out since the broker took its request in."""
    running = serve(tokens, "--only", "project")
    migrated.produce("events", [created("a")])
    wait_until(lambda: len(migrated.jobs("org-a")) == 1, "the job is there")
    expired = int(time.time()) - 45
    migrated.produce("cancel-requests", [ask("a", exp=expired)])
    running.stop()
    time.sleep(expired + 61 - time.time())  # until the minute of grace is over
    running = serve(tokens)
    wait_for_equal(lambda: decisions(migrated), [("a", "ada", "CREATOR")], "it is granted")
    running.stop()


def test_keys_that_come_later(migrated, serve, tokens, tmp_path):
    """Without keys nothing can be told: requests wait, and are lost to nobody."""
    keys = (tmp_path / "keys.json").read_text()
    (tmp_path / "keys.json").unlink()
    running = serve(tokens)
    migrated.produce("events", [created("a")])
    migrated.produce("cancel-requests", [ask("a")])
    wait_until(lambda: "held until" in running.log_text(), "it is held")
    assert decisions(migrated) == []
    (tmp_path / "keys.json").write_text(keys)
    wait_for_equal(lambda: decisions(migrated), [("a", "ada", "CREATOR")], "it is granted")
    running.stop()
