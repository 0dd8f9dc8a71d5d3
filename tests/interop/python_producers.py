#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends the interop events by Python, in one of four ways.

    python_producers.py FRAMING --bootstrap HOST:PORT --topic TOPIC --organization ORGANISATION
                        [--registry URL]
"""
import argparse
import io
import sys

import avro.schema
import fastavro
from confluent_kafka import Producer
from confluent_kafka.schema_registry import (SchemaRegistryClient, header_schema_id_serializer,
                                             topic_record_subject_name_strategy)
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

import interop_events


class ConfluentFraming:
    """The schema's id in the value, or its GUID in a header, as confluent-kafka does it."""

    def __init__(self, registry, topic, by_header):
        # This strategy, and only it, puts several record types into one topic.
        self.settings = {"subject.name.strategy": topic_record_subject_name_strategy}
        if by_header:
            self.settings["schema.id.serializer"] = header_schema_id_serializer
        self.client = SchemaRegistryClient({"url": registry})
        self.topic = topic
        self.serializers = {}

    def frame(self, record, fields):
        if record not in self.serializers:
            text = interop_events.schema_text(record)
            self.serializers[record] = AvroSerializer(self.client, text, conf=self.settings)
        headers = []
        context = SerializationContext(self.topic, MessageField.VALUE, headers)
        return self.serializers[record](fields, context), headers


class SingleObjectFraming:
    """The fingerprint of the schema before the value, as the Avro specification has it, or as a library does."""

    def __init__(self, fingerprint_of):
        self.fingerprint_of = fingerprint_of
        self.schemas = {}

    def frame(self, record, fields):
        if record not in self.schemas:
            self.schemas[record] = interop_events.plain_schema(record), self.fingerprint_of(record)
        schema, fingerprint = self.schemas[record]
        value = io.BytesIO()
        value.write(b"\xc3\x01" + fingerprint)
        fastavro.schemaless_writer(value, schema, fields)
        return value.getvalue(), []


def specified_fingerprint(record):
    canonical = fastavro.schema.to_parsing_canonical_form(interop_events.plain_schema(record))
    return bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))


def apache_fingerprint(record):
    """Apache's library for Python keeps an object where a type has a logical type."""
    return avro.schema.parse(interop_events.schema_text(record)).fingerprint("CRC-64-AVRO")


def framing_of(options):
    if options.framing == "single-object":
        return SingleObjectFraming(specified_fingerprint)
    if options.framing == "apache-single-object":
        return SingleObjectFraming(apache_fingerprint)
    if not options.registry:
        sys.exit("this framing needs --registry URL")
    return ConfluentFraming(options.registry, options.topic, options.framing == "header")


def send_all(options):
    framing = framing_of(options)
    producer = Producer({"bootstrap.servers": options.bootstrap, "enable.idempotence": True,
                         "partitioner": "murmur2_random"})
    failures = []

    def delivered(error, _message):
        if error:
            failures.append(error)

    for record, fields in interop_events.events(options.organization):
        value, headers = framing.frame(record, fields)
        producer.produce(options.topic, value, key=fields["job_id"], headers=headers,
                         on_delivery=delivered)
    left = producer.flush(30)
    if left or failures:
        sys.exit(f"{left} events are not delivered: {failures[:1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("framing", choices=["confluent", "header", "single-object", "apache-single-object"])
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--organization", required=True)
    parser.add_argument("--registry")
    send_all(parser.parse_args())


if __name__ == "__main__":
    main()
