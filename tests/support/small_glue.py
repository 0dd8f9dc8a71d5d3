# SPDX-License-Identifier: Apache-2.0
"""The one answer of AWS Glue's schema registry that its serializer asks for: the version of a
schema. Each version's schema is a file of a folder, as a user of jobtrail puts them there."""
import json
import uuid

from small_server import SmallHandler, SmallServer

NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class SmallGlue(SmallServer):
    def __init__(self, folder):
        self.folder = folder
        super().__init__(self._handler())

    def version_of(self, definition):
        version = uuid.uuid5(NAMESPACE, definition)
        (self.folder / f"{version}.avsc").write_text(definition, encoding="utf-8")
        return str(version)

    def _handler(self):
        glue = self

        class Handler(SmallHandler):
            def do_POST(self):
                asked = json.loads(self.body())
                assert self.headers["X-Amz-Target"] == "AWSGlue.GetSchemaByDefinition"
                self.send_json(200, "application/x-amz-json-1.1",
                               {"SchemaVersionId": glue.version_of(asked["SchemaDefinition"]),
                                "DataFormat": "AVRO", "Status": "AVAILABLE"})

        return Handler
