# SPDX-License-Identifier: Apache-2.0
"""The worked programs of schemas/examples, ready to be started as schemas/README.md says."""
import pathlib
import shutil
import subprocess
import sys

from needs import need

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
EXAMPLES = SCHEMAS / "examples"
FILES = {"python": "python/job.py", "java": "java/Job.java", "node": "node/job.js", "go": "go/main.go",
         "rust": "rust/src/main.rs"}
WITH_REGISTRY = {"node", "go"}


def run(*command, **more):
    """A compiler."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200, **more)
    assert done.returncode == 0, done.stdout + done.stderr


def command_of(language, folder):
    """What starts the program; what has to be built for it is put into the folder."""
    if language == "python":
        return [sys.executable, EXAMPLES / FILES[language]]
    if language == "java":
        libs = need("DEV_INTEROP_LIBS")[0] + "/*"
        run("javac", "-J-XX:TieredStopAtLevel=1", "-Xlint:all", "-Werror", "-proc:none", "-cp", libs, "-d", folder,
            EXAMPLES / FILES[language])
        return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{folder}:{libs}", "Job"]
    if language == "node":
        (folder / "node_modules").symlink_to(need("DEV_EXAMPLE_NODE_MODULES")[0])
        for name in ("package.json", "job.js"):
            shutil.copy(EXAMPLES / "node" / name, folder)
        return ["node", folder / "job.js"]
    if language == "go":
        assert shutil.which("go"), "this test needs Go 1.26 or newer on the PATH"
        run("go", "vet", ".", cwd=EXAMPLES / "go")
        run("go", "build", "-o", folder / "job", ".", cwd=EXAMPLES / "go")
        return [folder / "job"]
    assert shutil.which("cargo"), "this test needs Rust's cargo 1.88 or newer on the PATH"
    shutil.copytree(EXAMPLES / "rust", folder / "rust", ignore=shutil.ignore_patterns("target", "Cargo.lock"))
    run("cargo", "build", cwd=folder / "rust")
    return [folder / "rust/target/debug/job"]


class Program:
    """It runs: one job."""

    def __init__(self, command, language, world, job, seconds):
        schemas = world.registry if language in WITH_REGISTRY else SCHEMAS / "avro"
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [*command, world.bootstrap, world.topics["events"], world.topics["commands"], schemas, job, str(seconds)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ends_well(self):
        """Waits for it."""
        said, _ = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, said

    def close(self):
        """Whatever a test left behind; a failed one shows what it said."""
        if self.process.poll() is None:
            self.process.kill()
        print(self.process.communicate()[0])
