# SPDX-License-Identifier: Apache-2.0
"""An issuer of OpenID Connect that others wrote (tests/support/oidc_provider), and a member's browser."""
import html
import json
import pathlib
import re
import subprocess

import requests

from jobtrail_process import free_port
from needs import need
from waiting import wait_until

SCRIPT = pathlib.Path(__file__).parent / "oidc_provider/issuer.js"
MEMBERS = {"ada": {"role": "Manager", "organization": "org-a"}, "root": {"role": "Administrator", "organization": "org-a"}}


class RealIssuer:
    """settings: see issuer.js."""

    def __init__(self, folder, **settings):
        modules, = need("DEV_OIDC_NODE_MODULES")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.told = folder / f"issuer-{self.port}.log"
        with self.told.open("wb") as out:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                ["node", SCRIPT, modules, str(self.port), json.dumps({"members": MEMBERS, "interval": 1, **settings})],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.said("ready"), "the issuer listens")

    def settings(self):
        """Of a `jobtrail serve` whose members sign in here."""
        return {"auth.issuer": self.address, "auth.audience": "jobtrail", "auth.jwks": f"{self.address}/jwks",
                "login.client-id": "jobs-cli"}

    def said(self, what, grant=None):
        """How often it said so, of a grant."""
        lines = [json.loads(line) for line in self.told.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        return sum(line["what"] == what and grant in (None, line.get("grant")) for line in lines)

    def ask_for_tokens(self, refresh_token):
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": "jobs-cli"}
        return requests.post(f"{self.address}/token", data=form, timeout=30).json()

    def stop(self):
        self.process.kill()
        self.process.wait()


class Browser:
    """Enters what a member enters, and follows where it leads."""

    def __init__(self, member):
        self.session, self.member = requests.Session(), member

    def open(self, address):
        return self.session.get(address, timeout=30)

    def send(self, page, **fields):
        """Sends the page's form, with what is hidden in it."""
        action = html.unescape(re.search(r'action="([^"]+)"', page.text)[1])
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        return self.session.post(requests.compat.urljoin(page.url, action), data={**hidden, **fields}, timeout=30)

    def sign_in(self, page):
        """From wherever the issuer asks who it is, to where it asks no more."""
        while 'name="prompt"' in page.text:
            page = self.send(page, login=self.member, password="any")
        return page

    def enter_code(self, address, code, **decision):
        """At the address that a device told."""
        page = self.open(address)
        page = self.send(page, user_code=code) if 'name="user_code"' in page.text and "confirm" not in page.text else page
        return self.sign_in(self.send(page, **decision))
