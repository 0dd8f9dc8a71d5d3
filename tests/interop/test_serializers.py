# SPDX-License-Identifier: Apache-2.0
"""Serializers of other registries than Confluent's, as their libraries come: Apicurio's against the
real registry, AWS Glue's against the one answer that it needs."""
import json
import os
import pathlib
import subprocess

import pytest

import interop_events
from needs import need
from small_glue import SmallGlue
from waiting import wait_for_equal

FOLDER = pathlib.Path(__file__).parent
pytestmark = pytest.mark.xdist_group("java")

APICURIO = "apicurio.registry."
APICURIO_SETTINGS = {
    "value.serializer": "io.apicurio.registry.serde.avro.AvroKafkaSerializer",
    APICURIO + "auto-register": "true",
    APICURIO + "artifact-resolver-strategy":
        "io.apicurio.registry.serde.avro.strategy.RecordIdStrategy",
}
BY_HEADER = {}
LONG_ID = {APICURIO + "headers.enabled": "false"}
SHORT_ID = LONG_ID | {APICURIO + "as-confluent": "true"}
BY_CONTENT = {APICURIO + "use-id": "contentId"}
GLUE_SETTINGS = {
    "value.serializer":
        "com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistryKafkaSerializer",
    "region": "eu-west-1", "dataFormat": "AVRO", "registry.name": "jobs",
}


@pytest.fixture(scope="module")
def classpath(tmp_path_factory):
    """The Java producer with the serializers beside it."""
    libs = need("DEV_SERIALIZER_LIBS")[0] + "/*"
    classes = tmp_path_factory.mktemp("serializer-classes")
    subprocess.run(["javac", "-J-XX:TieredStopAtLevel=1", "-proc:none", "-cp", libs, "-d", classes,
                    FOLDER / "java/InteropProducer.java"], check=True, timeout=120)
    return f"{classes}:{libs}"


@pytest.fixture
def send(classpath, world):
    """send({organization: settings}): all events for each, by that serializer."""
    def run(settings):
        done = subprocess.run(
            ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath,
             "InteropProducer", "serializer", "--bootstrap", world.bootstrap,
             "--topic", world.topics["events"], "--settings", json.dumps(settings), "--events", FOLDER / "events.json",
             "--schemas", interop_events.SCHEMAS],
            env=os.environ | {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"},
            capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def own_interface(world, version):
    return world.registry.replace("/apis/ccompat/v7", f"/apis/registry/{version}")


def await_rows(migrated, organization):
    wait_for_equal(lambda: migrated.jobs(organization), interop_events.expected_rows(),
                   "the rows of the read model are those of expected.json")


def test_apicurios_ids_in_headers_and_values(migrated, world, serve, send):
    """Global ids, as 2.x writes them: in a header, of 8 bytes, of 4 bytes."""
    running = serve(migrated.settings() | {"schema.registry.kind": "apicurio",
                                           "schema.registry.url": own_interface(world, "v3"),
                                           "schema.registry.use-id": "globalId"})
    registry = {APICURIO + "url": own_interface(world, "v2")}
    variants = {"org-a": BY_HEADER, "org-b": BY_HEADER | BY_CONTENT, "org-c": LONG_ID,
                "org-d": SHORT_ID}
    send({organization: APICURIO_SETTINGS | registry | more
          for organization, more in variants.items()})
    for organization in variants:
        await_rows(migrated, organization)
    running.stop()


@pytest.mark.long
def test_apicurios_content_ids_by_version_2(migrated, world, serve, send):
    url = own_interface(world, "v2")
    running = serve(migrated.settings() | {"schema.registry.kind": "apicurio",
                                           "schema.registry.url": url,
                                           "schema.registry.use-id": "contentId"})
    send({"org-a": APICURIO_SETTINGS | {APICURIO + "url": url} | LONG_ID | BY_CONTENT})
    await_rows(migrated, "org-a")
    running.stop()


def test_glues_versions(migrated, serve, send, tmp_path):
    """The folder has each version's schema before its value comes."""
    glue = SmallGlue(tmp_path).start()
    running = serve(migrated.settings() | {"schema.registry.kind": "glue",
                                           "schema.directory": str(tmp_path)})
    compressions = {"org-a": "NONE", "org-b": "ZLIB"}
    send({organization: GLUE_SETTINGS | {"endpoint": glue.url, "compression": compression}
          for organization, compression in compressions.items()})
    for organization in compressions:
        await_rows(migrated, organization)
    running.stop()
    glue.stop()
