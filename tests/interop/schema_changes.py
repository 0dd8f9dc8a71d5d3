# SPDX-License-Identifier: Apache-2.0
"""Whether who reads by one version of a schema reads what another one wrote: values to try it with, what Avro's rules
make of them, and readers in five languages.

A reader is asked once. Comes in: [{"writer": schema, "reader": schema, "values": [[byte, ...], ...]}, ...]; goes out:
[{"values": [what was read, ...]}, ...], where times are microseconds and what cannot be read is a text that says
why. Java's adds "faults": what Avro's own checker has against the pair.
"""
import copy
import datetime
import io
import json
import pathlib
import shutil
import subprocess
import uuid

import fastavro

from examples import EXAMPLES, run
from interop_events import FOLDER, SCHEMAS
from needs import need
from world import micros

BEFORE = FOLDER / "schemas_before"
READERS = FOLDER / "readers"
SAMPLES = {"null": [None], "string": ["", "Zürich"], "int": [0, 10_000], "long": [0, 1_798_106_400_000_001],
           "boolean": [False, True]}


def schemas_of(folder):
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.avsc"))}


def versions():
    """{version: {record: schema}} of all that emitters and receivers out there may have."""
    return {folder.name: schemas_of(folder) for folder in sorted(BEFORE.iterdir()) if folder.is_dir()}


def values_of(schema):
    """Of each type the least and the most; of an enum each symbol, of a union each branch."""
    if isinstance(schema, list):
        return [value for branch in schema for value in values_of(branch)]
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "enum":
        return schema["symbols"]
    if kind == "record":
        fields = {field["name"]: values_of(field["type"]) for field in schema["fields"]}
        first = {name: values[0] for name, values in fields.items()}
        return [first, *({**first, name: value} for name, values in fields.items() for value in values[1:])]
    if isinstance(schema, dict) and schema.get("logicalType") == "uuid":
        return ["00000001-5a1e-4c0b-9f3d-2b7c6d8e9f10"]
    return SAMPLES[kind] if isinstance(kind, str) else values_of(kind)


def resolved(value, writer, reader):
    """What Avro's rules make of a value, for a pair of ours that they accept: fields by their names, defaults for
    what is not written, an enum's default for a symbol that is not known."""
    if isinstance(reader, list):
        branch = next((each for each in reader if (each == "null") == (value is None)), None)
        return value if value is None else resolved(value, writer, branch)
    if not isinstance(reader, dict) or reader["type"] not in ("record", "enum"):
        return value
    if reader["type"] == "enum":
        return value if value in reader["symbols"] else reader["default"]
    written = {field["name"]: field["type"] for field in writer["fields"]}
    return {field["name"]: resolved(value[field["name"]], written[field["name"]], field["type"])
            if field["name"] in written else field["default"] for field in reader["fields"]}


def plain(schema):
    """Without logical types, so that fastavro takes integers and strings."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key != "logicalType"}
    return [plain(each) for each in schema] if isinstance(schema, list) else schema


def question(writer, reader):
    values = []
    for value in values_of(writer):
        out = io.BytesIO()
        fastavro.schemaless_writer(out, fastavro.parse_schema(plain(writer)), value)
        values.append(list(out.getvalue()))
    return {"writer": writer, "reader": reader, "values": values}


def own_faults(old, new):
    """What changes the meaning of a value without Avro's minding: these never change."""
    if full_name(old) != full_name(new):
        yield f"{full_name(old)} is called {full_name(new)}"
    fields = {field["name"]: field for field in new["fields"]}
    for field in old["fields"]:
        other = fields.get(field["name"], field)
        if logical_types(field["type"]) != logical_types(other["type"]):
            yield f"{field['name']} has another logical type"
        if "default" in field and field["default"] != other.get("default", "none"):
            yield f"{field['name']} has another default"
        if enum_default(field["type"]) != enum_default(other["type"]):
            yield f"the default symbol of {field['name']} is another"


def full_name(schema):
    return f"{schema.get('namespace')}.{schema['name']}"


def logical_types(schema):
    return [each.get("logicalType") for each in (schema if isinstance(schema, list) else [schema])
            if isinstance(each, dict)]


def enum_default(schema):
    return schema.get("default") if isinstance(schema, dict) else None


def read_in_python(questions):
    def value_of(value):
        if isinstance(value, datetime.datetime):
            return micros(value)
        return str(value) if isinstance(value, uuid.UUID) else value

    def read(writer, reader, value):
        try:
            parsed = (fastavro.parse_schema(copy.deepcopy(each)) for each in (writer, reader))
            record = fastavro.schemaless_reader(io.BytesIO(bytes(value)), *parsed)
            return {name: value_of(each) for name, each in record.items()}
        except Exception as error:  # pylint: disable=broad-exception-caught # of whatever kind
            return f"not read: {type(error).__name__}: {error}"

    return [{"values": [read(each["writer"], each["reader"], value) for value in each["values"]]} for each in questions]


def program_in_java(classpath, _folder):
    return ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath, "SchemaReader"]


def program_in_node(_classpath, folder):
    (folder / "node_modules").symlink_to(need("DEV_EXAMPLE_NODE_MODULES")[0])
    return ["node", shutil.copy(READERS / "reader.mjs", folder)]


def program_in_go(_classpath, folder):
    assert shutil.which("go"), "this test needs Go 1.26 or newer on the PATH"
    for file in (EXAMPLES / "go/go.mod", EXAMPLES / "go/go.sum", READERS / "go/main.go"):
        shutil.copy(file, folder)
    run("go", "build", "-o", "reader", ".", cwd=folder)
    return [folder / "reader"]


def program_in_rust(_classpath, folder):
    assert shutil.which("cargo"), "this test needs Rust's cargo 1.88 or newer on the PATH"
    shutil.copytree(READERS / "rust", folder / "rust")
    run("cargo", "build", cwd=folder / "rust")
    return [folder / "rust/target/debug/reader"]


PROGRAMS = {"java": program_in_java, "node": program_in_node, "go": program_in_go, "rust": program_in_rust}


def ask(command, questions):
    done = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
