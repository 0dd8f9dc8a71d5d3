# SPDX-License-Identifier: Apache-2.0
"""What `jobtrail verify` finds."""
import json
import os
import subprocess

from jobtrail_process import environment_of


class Verification:
    """One run, to its end."""

    def __init__(self, settings, *arguments, status=0):
        done = subprocess.run([os.environ["DEV_JOBTRAIL"], "verify", "--output", "json", *arguments],
                              env=environment_of(settings), capture_output=True, text=True, timeout=300,
                              check=False, stdin=subprocess.DEVNULL)
        self.lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.errors = done.stderr
        assert done.returncode == status, f"status {done.returncode}\n{self.text()}"
        summaries = self.of("summary")
        self.summary = summaries[0] if summaries else None
        assert not self.summary or self.summary["differences"] == len(self.differences()), self.text()

    def of(self, finding):
        return [line for line in self.lines if line["finding"] == finding]

    def differences(self, kind=None):
        return [line for line in self.of("difference") if kind in (None, line["kind"])]

    def by_job(self):
        """{job_id: its differences}, without totals."""
        jobs = {}
        for line in self.differences():
            if line["kind"] != "total":
                jobs.setdefault(line["job_id"], []).append(line)
        return jobs

    def reasons(self):
        """Why something could not be judged."""
        return {line["reason"] for line in self.of("not_judged")}

    def text(self):
        return "\n".join([json.dumps(line) for line in self.lines[:40]] + [self.errors])
