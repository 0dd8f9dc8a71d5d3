// SPDX-License-Identifier: Apache-2.0
//! A job of ada's that counts to 100: job BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS
use apache_avro::{reader::datum::GenericDatumReader, types::Value as Avro, GenericSingleObjectWriter, Schema};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{util::Timeout, ClientConfig, Message, Offset, TopicPartitionList};
use serde_json::{json, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What Jobtrail writes in front of a CancelJob. This library would look for another fingerprint.
const CANCEL_JOB: [u8; 10] = [0xc3, 0x01, 0xea, 0x5c, 0x8b, 0xae, 0x66, 0x41, 0x80, 0x28];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Job<'a> {
    producer: FutureProducer,
    consumer: BaseConsumer,
    events: &'a str,
    schemas: &'a str,
    id: &'a str,
}

impl Job<'_> {
    fn schema(&self, record: &str) -> Outcome<Schema> {
        let text = std::fs::read_to_string(format!("{}/{record}.avsc", self.schemas))?;
        Ok(Schema::parse_str(&text)?)
    }

    async fn emit(&self, record: &str, mut event: Value) -> Outcome<()> {
        let schema = self.schema(record)?;
        event["event_id"] = json!(uuid::Uuid::new_v4().to_string());
        event["organization_id"] = json!("acme");
        event["job_id"] = json!(self.id);
        event["attempt"] = json!(1);
        event["occurred_at"] = json!(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros() as i64);
        let event = Avro::try_from(event)?.resolve(&schema)?; // what is left out has its default
        let mut value = Vec::new();
        GenericSingleObjectWriter::new_with_capacity(&schema, 256)?.write_value(event, &mut value)?;
        let record = FutureRecord::to(self.events).key(self.id).payload(&value);
        let sent = self.producer.send(record, Timeout::Never).await;
        sent.map_err(|(error, _)| error)?;
        Ok(())
    }

    fn command_for_me(&self) -> Outcome<Option<Value>> {
        let schema = self.schema("CancelJob")?;
        let reader = GenericDatumReader::builder(&schema).build()?;
        while let Some(message) = self.consumer.poll(Duration::ZERO) {
            let message = message?;
            let Some(mut value) = message.payload().and_then(|value| value.strip_prefix(&CANCEL_JOB)) else {
                continue;
            };
            let command = Value::try_from(reader.read_value(&mut value)?)?;
            if command["organization_id"] == "acme" && command["job_id"] == self.id && command["attempt"] == 1 {
                return Ok(Some(command["command_id"].clone()));
            }
        }
        Ok(None)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, bootstrap, events, commands, schemas, id, seconds] = arguments.as_slice() else {
        return Err("job BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS".into());
    };
    let pause = Duration::from_secs_f64(seconds.parse()?);
    let mut kafka = ClientConfig::new();
    kafka.set("bootstrap.servers", bootstrap);
    let producer = kafka.clone().set("enable.idempotence", "true").create()?;
    kafka.set("group.id", "none").set("enable.auto.commit", "false");
    let consumer: BaseConsumer = kafka.create()?;
    let told = consumer.fetch_metadata(Some(commands), Duration::from_secs(30))?;
    let mut partitions = TopicPartitionList::new();
    for partition in told.topics()[0].partitions() {
        partitions.add_partition_offset(commands, partition.id(), Offset::Beginning)?;
    }
    consumer.assign(&partitions)?;
    let job = Job {
        producer,
        consumer,
        events,
        schemas,
        id,
    };
    job.emit("JobCreated", json!({"type": "Count", "creator_id": "ada"}))
        .await?;
    job.emit("JobStarted", json!({})).await?;
    for percent in 1..=100 {
        tokio::time::sleep(pause).await; // here a real job works
        job.emit("JobProgressed", json!({ "progress": percent })).await?;
        if let Some(command_id) = job.command_for_me()? {
            return job.emit("JobCancelled", json!({ "command_id": command_id })).await;
        }
    }
    job.emit("JobSucceeded", json!({})).await
}
