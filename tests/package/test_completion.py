# SPDX-License-Identifier: Apache-2.0
"""What bash, zsh and fish complete, by the shells themselves."""
import contextlib
import os
import pty
import re
import select
import shlex
import subprocess
import time

import pytest

from installed import manual, program, run

# What is typed, and what is among the candidates; None: nothing is.
TYPED = [
    ("jobtrail ser", "serve"),
    ("jobtrail posit", "positions"),
    ("jobtrail positions fo", "forget"),
    ("jobtrail help eff", "effective"),
    ("jobtrail list --foll", "--follow"),
    ("jobtrail positions list --outp", "--output"),
    ("jobtrail serve --set log.lev", "log.level="),
    ("jobtrail serve --set log.level=deb", "log.level=debug"),
    ("jobtrail serve --config /etc/hostna", "/etc/hostname"),
    ("jobtrail list forg", None),
    ("jobtrail serve --follo", None),
]
BASH = """
compopt() { :; }
. "$1"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$2"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_jobtrail
printf '%s\\n' "${COMPREPLY[@]}"
"""
BREAK = re.compile(".*=")


@pytest.mark.parametrize("typed, completed", TYPED)
def test_bash(typed, completed):
    printed = run(program("bash"), "-c", BASH, "bash", manual() / "bash/jobtrail", typed)
    # The = ends a word: what is behind it is completed.
    wanted = BREAK.sub("", completed) or completed if completed else None
    assert wanted in printed.splitlines() if wanted else not printed.strip()


@pytest.mark.parametrize("typed, completed", TYPED)
def test_fish(typed, completed, tmp_path):
    script = f"source {shlex.quote(str(manual() / 'fish/jobtrail.fish'))}; complete -C {shlex.quote(typed)}"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    printed = run(program("fish"), "--no-config", "-c", script, env=environment)
    candidates = [line.split("\t")[0] for line in printed.splitlines()]
    assert completed in candidates if completed else not candidates


class Zsh:
    """An interactive zsh, whose jobtrail only prints what it was called with."""

    def __init__(self, folder):
        mine, its = pty.openpty()
        self.terminal, self.seen = mine, ""
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [program("zsh"), "-f", "-i"], stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True)
        os.close(its)
        self.say(f"fpath=({shlex.quote(str(manual() / 'zsh'))} $fpath); autoload -Uz compinit; compinit -u -D;"
                 " jobtrail() { print -r -- \"called:$*\"\":end\" }; stty -echo; print rea''dy\n")
        self.wait_for("ready")

    def say(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, pattern):
        """What matched in what it has printed."""
        deadline = time.monotonic() + 120
        while not (match := re.search(pattern, self.seen)):
            assert time.monotonic() < deadline, f"{pattern!r} does not come; seen: {self.seen[-2000:]!r}"
            if select.select([self.terminal], [], [], 0.2)[0]:
                self.seen += os.read(self.terminal, 4096).decode(errors="replace")
        self.seen = self.seen[match.end():]
        return match

    def complete(self, typed):
        """The line that a tab makes of it."""
        self.say(f"{typed}\t\n")
        return "jobtrail " + self.wait_for(r"called:([^\r\n]*):end")[1]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def test_zsh(tmp_path):
    with contextlib.closing(Zsh(tmp_path)) as shell:
        for typed, completed in TYPED:
            before, last = typed.rsplit(" ", 1)
            assert shell.complete(typed) == f"{before} {completed or last}", typed
