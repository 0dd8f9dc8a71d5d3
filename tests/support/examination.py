# SPDX-License-Identifier: Apache-2.0
"""What `jobtrail doctor` finds, and obeying it."""
import json
import os
import re
import subprocess

from jobtrail_process import environment_of, free_port


class Examination:
    """One run, to its end. The server that tests share need not outlive a crash, which is no finding of
    theirs: is_durable is for those that have one of their own."""

    def __init__(self, settings, *arguments, environment=None, is_durable=False):
        settings = {"admin.listen": f"127.0.0.1:{free_port()}", **settings}
        done = subprocess.run([os.environ["DEV_JOBTRAIL"], "doctor", "--output", "json", *arguments],
                              env={**environment_of(settings), **(environment or {})},
                              capture_output=True, text=True, timeout=120,
                              check=False, stdin=subprocess.DEVNULL)
        self.status, self.errors = done.returncode, done.stderr
        self.findings = json.loads(done.stdout)
        assert self.status == (1 if self.of_level("error") else 0), done.stderr
        if not is_durable:
            self.findings = [each for each in self.findings
                             if (each["check"], each["subject"]) != ("settings", "fsync")]
            self.status = 1 if self.of_level("error") else 0

    def of_level(self, level):
        return [each for each in self.findings if each["level"] == level]

    def of(self, check, subject=None):
        """What a check found, perhaps of one subject alone."""
        return [each for each in self.findings
                if each["check"] == check and subject in (None, each["subject"])]

    def bad(self, check):
        """{subject: level} of what a check found that is not in order."""
        return {each["subject"]: each["level"] for each in self.of(check) if each["level"] != "ok"}

    def the(self, level, check, words, subject=None):
        """The one finding of that level whose text has these words."""
        found = [each for each in self.of(check, subject)
                 if each["level"] == level and words in each["finding"]]
        assert len(found) == 1, f"{level} {check} {subject}: {words!r} in\n{self.text()}"
        return found[0]

    def commands(self, check):
        return [each["command"] for each in self.of(check) if each["level"] != "ok" and each["command"]]

    def text(self):
        return "\n".join(f"{each['level']} {each['check']} {each['subject']}: {each['finding']}"
                         f" [{each['command']}]" for each in self.findings)


def obey_kafka(world, command):
    """Does what a person would do with Kafka's own tools."""
    found = re.search(r"--entity-name (\S+) --add-config (\S+)=(\S+)$", command)
    assert found and command.startswith("kafka-configs --alter"), command
    topic = next(topic for topic, name in world.topics.items() if name == found[1])
    world.set_topic(topic, found[2], found[3])
