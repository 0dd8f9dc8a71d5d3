# SPDX-License-Identifier: Apache-2.0
"""schemas/README.md says what is so: its program is the file, its bytes are the service's, its JSON is each record."""
import io
import json
import pathlib
import re

import fastavro
import pytest

import interop_events
from examples import EXAMPLES, FILES
from jobtrail_process import run_jobtrail
from needs import need

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "schemas/README.md").read_text(encoding="utf-8")
RECORDS = sorted(file.stem for file in interop_events.SCHEMAS.glob("*.avsc"))
EXAMPLE = dict(re.findall(r"^`(\w+)`:\n\n```json\n(.*?)```", TEXT, re.MULTILINE | re.DOTALL))


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_program_shown_is_the_file():
    assert re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) == [(EXAMPLES / FILES["python"]).read_text(encoding="utf-8")]


def test_the_ten_bytes_are_those_of_the_service():
    need("DEV_JOBTRAIL")
    listed = json.loads(run_jobtrail({}, "schemas", "list", "--output", "json"))
    ours = {each["name"].removeprefix("jobtrail.v1."): "c301" + each["specified"] for each in listed}
    shown = dict(re.findall(r"^\| \[`(\w+)`\].* `(c301[0-9a-f]{16})` \|$", TEXT, re.MULTILINE))
    assert shown == ours
    in_rust = re.search(r"CANCEL_JOB: \[u8; 10\] = \[(.*?)\]", (EXAMPLES / FILES["rust"]).read_text(encoding="utf-8"))[1]
    assert bytes(int(each, 16) for each in in_rust.split(", ")).hex() == ours["CancelJob"]


@pytest.mark.parametrize("record", RECORDS)
def test_the_json_is_the_record(record):
    """Read by the schema and written again it is the same: nothing is missing, nothing is too much."""
    schema = fastavro.parse_schema(json.loads((interop_events.SCHEMAS / f"{record}.avsc").read_text(encoding="utf-8")))
    value, = fastavro.json_reader(io.StringIO(json.dumps(json.loads(EXAMPLE[record]))), schema)
    again = io.StringIO()
    fastavro.json_writer(again, schema, [value])
    assert json.loads(again.getvalue()) == json.loads(EXAMPLE[record])


def test_every_record_has_its_json():
    assert sorted(EXAMPLE) == RECORDS


def test_the_reasons_are_those_of_the_service():
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", TEXT.split("## What happens to a bad value")[1].split("\n## ")[0]))
    assert named and named <= set(re.findall(r'"([A-Z_]+)"', text_of("service/core/poison.c")))


def test_the_versions_are_those_that_are_tested():
    assert set(text_of("schemas/examples/python/requirements.txt").split()) <= set(text_of("tests/requirements.txt").split())
    tested = dict(re.findall(r"(KAFKA_VERSION|AVRO_VERSION)=([\d.]+)", text_of("tools/fetch.sh")))
    assert re.findall(r"<version>(\d+\..*?)</version>", text_of("schemas/examples/java/pom.xml")) == [
        tested["KAFKA_VERSION"], tested["AVRO_VERSION"]]
