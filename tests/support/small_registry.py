# SPDX-License-Identifier: Apache-2.0
"""A schema registry in memory: the three requests of Confluent's interface that writers and
readers of framed values make, GUIDs included, which the registry of ./dev up does not know."""
import json
import re
import threading
import uuid

from small_server import SmallHandler, SmallServer

NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


class SmallRegistry(SmallServer):
    def __init__(self):
        self.schemas = []  # the schema with id n is at n - 1
        self.lock = threading.Lock()
        super().__init__(self._handler())

    def register(self, subject, schema):
        with self.lock:
            if schema not in self.schemas:
                self.schemas.append(schema)
            number = self.schemas.index(schema) + 1
        return {"id": number, "guid": str(guid_of(schema)), "version": 1, "subject": subject,
                "schemaType": "AVRO", "schema": schema}

    def by_id(self, number):
        with self.lock:
            return self.schemas[number - 1] if 0 < number <= len(self.schemas) else None

    def by_guid(self, guid):
        with self.lock:
            return next((each for each in self.schemas if str(guid_of(each)) == guid), None)

    def answer(self, method, path, body):
        """Status and body of the answer."""
        path = path.split("?")[0]
        if match := re.fullmatch(r"/subjects/([^/]+)/versions", path):
            if method == "POST":
                return 200, self.register(match[1], json.loads(body)["schema"])
        if match := re.fullmatch(r"/schemas/ids/([0-9]+)", path):
            schema = self.by_id(int(match[1]))
            return (200, {"schema": schema}) if schema else not_found()
        if match := re.fullmatch(r"/schemas/guids/([0-9a-f-]{36})", path):
            schema = self.by_guid(match[1])
            return (200, {"schema": schema}) if schema else not_found()
        return not_found()

    def _handler(self):
        registry = self

        class Handler(SmallHandler):
            def do_GET(self):
                self.reply("GET", b"")

            def do_POST(self):
                self.reply("POST", self.body())

            def reply(self, method, body):
                status, answer = registry.answer(method, self.path, body)
                self.send_json(status, "application/vnd.schemaregistry.v1+json", answer)

        return Handler


def guid_of(schema):
    return uuid.uuid5(NAMESPACE, schema)


def not_found():
    return 404, {"error_code": 40403, "message": "Schema not found"}
