// SPDX-License-Identifier: Apache-2.0
// A job of ada's that counts to 100: job.js BOOTSTRAP EVENTS COMMANDS REGISTRY JOB SECONDS
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { Kafka, logLevel } from "kafkajs";

const [bootstrap, events, commands, host, job, seconds] = process.argv.slice(2);
const mine = { organization_id: "acme", job_id: job, attempt: 1 };
const registry = new SchemaRegistry({ host });
const kafka = new Kafka({ brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
const consumer = kafka.consumer({ groupId: `${job}-${randomUUID()}` });
let command = null;

async function emit(record, more = {}) {
  const event = { event_id: randomUUID(), ...mine, occurred_at: Date.now() * 1000, ...more };
  const value = await registry.encode(await registry.getLatestSchemaId(`jobtrail.v1.${record}`), event);
  await producer.send({ topic: events, messages: [{ key: job, value }] });
}

async function eachMessage({ message }) {
  const heard = await registry.decode(message.value).catch(console.error);
  if (heard && Object.keys(mine).every((field) => heard[field] === mine[field])) command = heard;
}

await Promise.all([producer.connect(), consumer.connect()]);
await consumer.subscribe({ topics: [commands], fromBeginning: true });
await consumer.run({ eachMessage });
await emit("JobCreated", { type: "Count", creator_id: "ada" });
await emit("JobStarted");
for (let percent = 1; percent <= 100 && !command; percent++) {
  await setTimeout(seconds * 1000); // here a real job works
  await emit("JobProgressed", { progress: percent });
}
await (command ? emit("JobCancelled", { command_id: command.command_id }) : emit("JobSucceeded"));
await Promise.all([producer.disconnect(), consumer.disconnect()]);
