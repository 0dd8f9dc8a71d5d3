# SPDX-License-Identifier: Apache-2.0
"""Who asks in the benchmark: an issuer's keys, and tokens that it signs."""
import concurrent.futures
import os
import pathlib
import subprocess

ISSUER, AUDIENCE = "https://issuer.example", "bench"


class Issuer:
    """Keys and tokens in files of a folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.key, self.keys = self.folder / "key", self.folder / "keys"
        self.jobtrail_token("keys", self.key, "--jwks", self.keys)

    def jobtrail_token(self, *words):
        return subprocess.run([self.binary, "token", *words], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout

    def settings(self):
        return {"JOBTRAIL_AUTH_ISSUER": ISSUER, "JOBTRAIL_AUTH_AUDIENCE": AUDIENCE,
                "JOBTRAIL_AUTH_JWKS": str(self.keys)}

    def tokens(self, organization, role, prefix, count):
        """A file of one for each of PREFIX0, PREFIX1, ..., a line each."""
        def sign(number):
            return self.jobtrail_token("sign", "--key", self.key, "--organization", organization,
                                       "--role", role, "--member", f"{prefix}{number}",
                                       "--issuer", ISSUER, "--audience", AUDIENCE,
                                       "--expires", "2h")

        file = self.folder / f"{prefix}-of-{organization}"
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            file.write_text("".join(pool.map(sign, range(count))))
        return file
