# SPDX-License-Identifier: Apache-2.0
"""The events that every producer sends, the schemas they are written with, and what is due."""
import json
import pathlib

import fastavro

FOLDER = pathlib.Path(__file__).parent
SCHEMAS = FOLDER.parent.parent / "schemas/avro"


def events(organization):
    """(record name, complete fields) of each event, in the order of sending."""
    for event in json.loads((FOLDER / "events.json").read_text(encoding="utf-8")):
        schema = json.loads(schema_text(event["record"]))
        fields = {field["name"]: field["default"]
                  for field in schema["fields"] if "default" in field}
        fields.update(event["fields"], organization_id=organization)
        yield event["record"], fields


def expected_rows():
    """Rows of jobtrail.job by job_id; times in microseconds."""
    return json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def schema_text(record):
    return (SCHEMAS / f"{record}.avsc").read_text(encoding="utf-8")


def plain_schema(record):
    """Without logical types, so that a library gives and takes integers and strings."""
    def strip(part):
        if isinstance(part, dict):
            return {key: strip(value) for key, value in part.items() if key != "logicalType"}
        return [strip(each) for each in part] if isinstance(part, list) else part
    return fastavro.parse_schema(strip(json.loads(schema_text(record))))
