# SPDX-License-Identifier: Apache-2.0
"""The HTTP API as its users meet it: an issuer of tokens, and members who ask."""
import json
import time

import requests
from joserfc import jwt
from joserfc.jwk import ECKey

from api_definition import hold
from jobtrail_process import free_port

ISSUER = "https://issuer.example"
AUDIENCE = "jobtrail"


class Api:
    """Settings for a `jobtrail serve` with the API, and who may ask it. One key, in a file."""

    def __init__(self, folder):
        self.key = ECKey.generate_key("P-256", {"kid": "k"})
        self.jwks = folder / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [self.key.as_dict(private=False)]}), encoding="utf-8")
        self.port = free_port()
        self.root = f"http://127.0.0.1:{self.port}"

    def settings(self, settings):
        return {**settings, "http.listen": f"127.0.0.1:{self.port}", "auth.issuer": ISSUER,
                "auth.audience": AUDIENCE, "auth.jwks": self.jwks}

    def token(self, member="ada", role="Manager", organization="org-a", **claims):
        return jwt.encode({"alg": "ES256", "kid": "k"}, {
            "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 300, "sub": member,
            "role": role, "organization_id": organization, **claims}, self.key)

    def member(self, *arguments, **claims):
        return Member(self, self.token(*arguments, **claims))


class Member:
    """Asks with a token; paths are those under the organisation, or whole ones as links have. Each answer is held against
    schemas/openapi.yaml."""

    def __init__(self, api, token, organization="org-a"):
        self.base = f"{api.root}/organizations/{organization}"
        self.root = api.root
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method, path, **options):
        path = path.removeprefix(self.root)
        url = self.root + path if path.startswith("/organizations/") else self.base + path
        answer = self.session.request(method, url, timeout=30, allow_redirects=False, **options)
        hold(method, url.removeprefix(self.root), answer)
        return answer

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def jobs(self, path="/jobs"):
        """The ids of a page, in its order."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return [job["jobID"] for job in answer.json()["jobs"]]


def link(answer, rel):
    """The address of a link of an answer's body, or None."""
    return next((each["href"] for each in answer.json()["links"] if each["rel"] == rel), None)
