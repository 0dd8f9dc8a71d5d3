# SPDX-License-Identifier: Apache-2.0
"""A producer of any language as a program that is started and awaited."""
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
PRODUCERS = {
    "python-confluent": ("python", "confluent"),
    "python-header": ("python", "header"),
    "python-single-object": ("python", "single-object"),
    "python-apache": ("python", "apache-single-object"),
    "java-confluent": ("java", "confluent"),
    "java-single-object": ("java", "single-object"),
    "java-transactions": ("java", "confluent", "--transactions"),
}


class RunningProducer:
    """send(organization) runs it to its end; registry is the one it uses."""

    def __init__(self, name, world, java_classpath, small_registry):
        self.language, self.framing, *self.more = PRODUCERS[name]
        self.world = world
        self.java_classpath = java_classpath
        # Only ours knows GUIDs; the others use the real one.
        self.registry = small_registry.url if self.framing == "header" else world.registry

    def send(self, organization):
        command = [*self._program(), self.framing, "--bootstrap", self.world.bootstrap,
                   "--topic", self.world.topics["events"], "--organization", organization]
        if not self.framing.endswith("single-object"):
            command += ["--registry", self.registry]
        if self.language == "java":
            command += ["--events", FOLDER / "events.json",
                        "--schemas", FOLDER.parent.parent / "schemas/avro"]
        done = subprocess.run([*command, *self.more], capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, f"{self.language} failed:\n{done.stdout}{done.stderr}"

    def _program(self):
        if self.language == "python":
            return [sys.executable, FOLDER / "python_producers.py"]
        return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", self.java_classpath, "InteropProducer"]
