# SPDX-License-Identifier: Apache-2.0
"""OWSLib asks the API: owslib_client.py URL TOKEN JOB. Prints what it saw as JSON."""
import json
import sys

import requests
from owslib.ogcapi.processes import Processes
from owslib.util import Authentication


class Bearer(requests.auth.AuthBase):
    """The definition is asked for without the headers that all else has."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def main(url, token, _job):
    """Everything that this client has methods for."""
    api = Processes(url, auth=Authentication(auth_delegate=Bearer(token)))
    definition = api.api()
    json.dump({
        "openapi": definition["openapi"], "server": definition["servers"][0]["url"],
        "paths": sorted(definition["paths"]), "conforms": api.conformance()["conformsTo"],
        "types": sorted(each["id"] for each in api.processes()), "type": api.process("Load")["id"],
    }, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
