# SPDX-License-Identifier: Apache-2.0
"""Starting and ending `jobtrail` as its users do: by its command line, environment and signals."""
import os
import pathlib
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from waiting import wait_until

STOP_SECONDS = 20
HELD = []


def environment_of(settings):
    """The process environment: ours without other jobtrail settings, then these."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("JOBTRAIL_")}
    for name, value in settings.items():
        environment["JOBTRAIL_" + name.upper().replace(".", "_").replace("-", "_")] = str(value)
    return environment


def free_port():
    """A port of the loopback that the kernel gives to nobody else while this process lives: it stays
    bound. Whoever sets SO_REUSEADDR, as jobtrail does, can listen on it all the same."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    HELD.append(holder)
    return holder.getsockname()[1]


def run_jobtrail(settings, *arguments, status=0):
    """Runs a command to its end; returns what it printed. Another exit status is a failure; None: any will do."""
    done = subprocess.run([os.environ["DEV_JOBTRAIL"], *arguments], env=environment_of(settings),
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          check=False)
    assert status in (None, done.returncode), (
        f"jobtrail {' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Serve:
    """A running `jobtrail serve`. Its log goes to a file that a failed test shows."""

    def __init__(self, settings, folder, *arguments, binary=None, environment=None):
        self.port = free_port()
        self.log = pathlib.Path(folder) / f"serve-{self.port}.log"
        settings = {"admin.listen": f"127.0.0.1:{self.port}", **settings}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [binary or os.environ["DEV_JOBTRAIL"], "serve", *arguments], env={**environment_of(settings), **(environment or {})},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_ready(self, deadline_s=60):
        """Until it says that it can work."""
        def ready():
            assert self.process.poll() is None, "it has ended"
            return self.get("/readyz")[0] == 200
        try:
            wait_until(ready, "jobtrail serve is ready", deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log_text()}") from None
        return self

    def get(self, path):
        """Status and body of the admin listener's answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self):
        """As an operator does. It must end by itself, and well."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end {STOP_SECONDS} s after SIGTERM\n{self.log_text()}") from None
        assert status == 0, f"status {status} after SIGTERM\n{self.log_text()}"

    def kill(self):
        """As a crash does."""
        self.process.kill()
        self.process.wait()

    def close(self):
        """Whatever a test left behind."""
        if self.process.poll() is None:
            self.kill()

    def log_text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-8000:]
