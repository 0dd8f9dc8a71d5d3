# SPDX-License-Identifier: Apache-2.0
"""The producers, ready to be started, whatever their language."""
import pathlib
import subprocess

import pytest

from needs import need
from one_file_clients import JavaClient, JavaDriver, PythonClient
from running_producer import PRODUCERS, RunningProducer
from small_registry import SmallRegistry

FOLDER = pathlib.Path(__file__).parent
CLIENTS = FOLDER.parent.parent / "clients"
# One after the other, by a program that is compiled once: each Java machine wants a core of its own.
JAVA = pytest.mark.xdist_group("java")


@pytest.fixture(scope="session")
def java_classpath(tmp_path_factory):
    """All in Java, compiled once, for the oldest that the client says it needs."""
    libs = need("DEV_INTEROP_LIBS")[0] + "/*"
    classes = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-J-XX:TieredStopAtLevel=1", "--release", "11", "-Xlint:all", "-Werror", "-proc:none",
                    "-cp", libs, "-d", classes, CLIENTS / "java/Jobtrail.java",
                    *(FOLDER / "java").glob("*.java")], check=True, timeout=120)
    return f"{classes}:{libs}"


@pytest.fixture(scope="session")
def java_driver(java_classpath, tmp_path_factory):
    """The program that uses the client in Java, started once."""
    driver = JavaDriver(java_classpath, tmp_path_factory.mktemp("java") / "client.log")
    yield driver
    driver.close()


@pytest.fixture(params=["python", pytest.param("java", marks=JAVA)])
def client(request, caplog):
    """Each client in one file in turn."""
    if request.param == "python":
        return PythonClient(caplog)
    return JavaClient(request.getfixturevalue("java_driver"))


@pytest.fixture
def small_registry():
    """A registry that knows GUIDs."""
    registry = SmallRegistry().start()
    yield registry
    registry.stop()


@pytest.fixture
def running_producer(request, world, small_registry):
    """running_producer(name) is a certain producer."""
    def make(name):
        classpath = request.getfixturevalue("java_classpath") if name.startswith("java") else None
        return RunningProducer(name, world, classpath, small_registry)

    return make


@pytest.fixture(params=[pytest.param(name, marks=JAVA if name.startswith("java") else ())
                        for name in sorted(PRODUCERS)])
def producer(request, running_producer):
    """Each producer in turn."""
    return running_producer(request.param)


@pytest.fixture
def send_by(running_producer):
    """send_by(name, organization) runs one certain producer."""
    return lambda name, organization: running_producer(name).send(organization)
