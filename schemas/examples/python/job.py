# SPDX-License-Identifier: Apache-2.0
"""A job of ada's that counts to 100: job.py BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS"""
import io, sys, time, uuid
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from fastavro.schema import fingerprint, load_schema, to_parsing_canonical_form
from fastavro import schemaless_reader, schemaless_writer

bootstrap, events, commands, schemas, job, seconds = sys.argv[1:]
mine = {"organization_id": "acme", "job_id": job, "attempt": 1}
producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})
consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "none", "enable.auto.commit": False})

def written_with(record):
    schema = load_schema(f"{schemas}/{record}.avsc")
    return schema, b"\xc3\x01" + bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))

def emit(record, **more):
    schema, ten_bytes = written_with(record)
    value = io.BytesIO()
    value.write(ten_bytes)
    now = time.time_ns() // 1000
    schemaless_writer(value, schema, {"event_id": str(uuid.uuid4()), **mine, "occurred_at": now, **more})
    producer.produce(events, value.getvalue(), key=job, on_delivery=lambda error, _: error and sys.exit(str(error)))
    producer.poll(0)

def command_for_me():
    for message in iter(lambda: consumer.poll(0), None):
        value = b"" if message.error() else message.value()
        if value and value.startswith(ten_bytes):
            command = schemaless_reader(io.BytesIO(value[10:]), cancel_job, None)
            if all(command[field] == mine[field] for field in mine):
                return command

cancel_job, ten_bytes = written_with("CancelJob")
partitions = consumer.list_topics(commands, 30).topics[commands].partitions
consumer.assign([TopicPartition(commands, partition, OFFSET_BEGINNING) for partition in partitions])
emit("JobCreated", type="Count", creator_id="ada")
emit("JobStarted")
for percent in range(1, 101):
    time.sleep(float(seconds))  # here a real job works
    emit("JobProgressed", progress=percent)
    if command := command_for_me():
        emit("JobCancelled", command_id=command["command_id"])
        break
else:
    emit("JobSucceeded")
sys.exit(1 if producer.flush(30) else 0)
