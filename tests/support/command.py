# SPDX-License-Identifier: Apache-2.0
"""Running the commands that speak the HTTP API, as a user or a script does."""
import contextlib
import os
import pty
import signal
import subprocess

from jobtrail_process import environment_of


def api_settings(url, token_file, organization="org-a"):
    return {"url": url, "organization": organization, "token.file": token_file}


def settings_with_token(url, folder):
    """As from api_settings, with a token that a made API takes, in a file of the folder."""
    file = folder / "token"
    file.write_text("a.b.c\n", encoding="utf-8")
    return api_settings(url, file)


def run(settings, *arguments, stdin=subprocess.DEVNULL, typed=None):
    """(exit code, standard output, standard error) of a command."""
    done = subprocess.run([os.environ["DEV_JOBTRAIL"], *arguments], env=environment_of(settings),
                          capture_output=True, text=True, timeout=60, check=False,
                          **({"input": typed} if typed is not None else {"stdin": stdin}))
    return done.returncode, done.stdout, done.stderr


def at_a_terminal(settings, typed, *arguments):
    """What a terminal shows of a command, and its exit code."""
    mine, its = pty.openpty()
    with subprocess.Popen([os.environ["DEV_JOBTRAIL"], *arguments], env=environment_of(settings),
                          stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        os.write(mine, typed)
        seen = b""
        with contextlib.suppress(OSError):  # the other side is closed
            while piece := os.read(mine, 4096):
                seen += piece
        os.close(mine)
        return seen.decode(), process.wait(30)


class Running:
    """A command that goes on, and what it has printed so far."""

    def __init__(self, settings, folder, *arguments):
        self.out, self.err = folder / "command.out", folder / "command.err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [os.environ["DEV_JOBTRAIL"], *arguments], env=environment_of(settings),
                stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def printed(self):
        return self.out.read_text(encoding="utf-8")

    def interrupt(self):
        """Ctrl-C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@contextlib.contextmanager
def running(settings, folder, *arguments):
    command = Running(settings, folder, *arguments)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.wait()
