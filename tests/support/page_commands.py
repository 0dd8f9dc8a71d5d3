# SPDX-License-Identifier: Apache-2.0
"""The commands of a page for operators, run as they stand there."""
import os
import pathlib
import re
import subprocess

from jobtrail_process import environment_of

PAGES = pathlib.Path(__file__).parents[2] / "docs/operate"


class PageCommands:
    """of(heading) are the shell blocks of a section; run(heading, …) runs one of them in a folder."""

    def __init__(self, page, folder, programs, names=()):
        """programs: folder of PostgreSQL's; folder gets one with `jobtrail` in it. names: what things of the
        page are called here."""
        self.text = (PAGES / page).read_text(encoding="utf-8")
        self.names = dict(names)
        self.folder = folder
        tools = folder / "tools"
        tools.mkdir(exist_ok=True)
        if not (tools / "jobtrail").exists():
            (tools / "jobtrail").symlink_to(os.environ["DEV_JOBTRAIL"])
        self.path = f"{tools}:{programs}:{os.environ['PATH']}"

    def of(self, heading):
        section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert section, f"there is no section {heading}"
        blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", section[1], re.MULTILINE | re.DOTALL)
        return [self._named("".join(line.removeprefix(indent) for line in block.splitlines(keepends=True)))
                for indent, block in blocks]

    def _named(self, block):
        for name, ours in self.names.items():
            block = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.-])", ours, block)
        return block

    def run(self, heading, settings, number=0, check=True, account=None, **variables):
        """settings: jobtrail's, which are in the environment as an operator has them."""
        environment = {**environment_of(settings), "PATH": self.path,
                       **{name: str(value) for name, value in variables.items()}}
        done = subprocess.run(["bash", "-euc", self.of(heading)[number]], env=environment, cwd=self.folder,
                              capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
                              **(account or {}))
        assert not check or done.returncode == 0, f"{self.of(heading)[number]}{done.stdout}{done.stderr}"
        return done
