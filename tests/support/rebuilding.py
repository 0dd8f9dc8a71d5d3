# SPDX-License-Identifier: Apache-2.0
"""What `jobtrail rebuild` says."""
import json
import os
import subprocess

from jobtrail_process import environment_of


def rebuild_command(*arguments):
    return [os.environ["DEV_JOBTRAIL"], "rebuild", "--output", "json", *arguments]


class Rebuilding:
    """One run, to its end."""

    def __init__(self, settings, *arguments, status=0):
        done = subprocess.run(rebuild_command(*arguments), env=environment_of(settings), capture_output=True, text=True,
                              timeout=300, check=False, stdin=subprocess.DEVNULL)
        self.lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.errors = done.stderr
        assert done.returncode == status, f"status {done.returncode}\n{self.text()}"
        self.summary = next((line for line in self.lines if line["finding"] == "summary"), None)

    def losses(self):
        """{(kind, job_id)}"""
        return {(line["kind"], line["job_id"]) for line in self.lines if line["finding"] == "loss"}

    def text(self):
        return "\n".join([json.dumps(line) for line in self.lines[:40]] + [self.errors])
