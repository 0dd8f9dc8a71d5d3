# SPDX-License-Identifier: Apache-2.0
"""The producers, ready to be started, whatever their language."""
import pathlib
import subprocess

import pytest

from needs import need
from running_producer import PRODUCERS, RunningProducer
from small_registry import SmallRegistry

FOLDER = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def java_classpath(tmp_path_factory):
    """The Java producer, compiled once."""
    libs = need("DEV_INTEROP_LIBS")[0] + "/*"
    classes = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-Xlint:all", "-Werror", "-proc:none", "-cp", libs, "-d", classes,
                    FOLDER / "java/InteropProducer.java"], check=True, timeout=120)
    return f"{classes}:{libs}"


@pytest.fixture
def small_registry():
    """A registry that knows GUIDs."""
    registry = SmallRegistry().start()
    yield registry
    registry.stop()


@pytest.fixture(params=sorted(PRODUCERS))
def producer(request, world, java_classpath, small_registry):
    """Each producer in turn."""
    return RunningProducer(request.param, world, java_classpath, small_registry)


@pytest.fixture
def send_by(world, java_classpath, small_registry):
    """send_by(name, organization) runs one certain producer."""
    def send(name, organization):
        RunningProducer(name, world, java_classpath, small_registry).send(organization)

    return send
