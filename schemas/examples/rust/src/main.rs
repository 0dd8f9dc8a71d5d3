// SPDX-License-Identifier: Apache-2.0
//! A job of ada's that counts to 100: job BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS
use apache_avro::types::Value;
use apache_avro::{reader::datum::GenericDatumReader, GenericSingleObjectWriter, Schema};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{util::Timeout, ClientConfig, Message, Offset, TopicPartitionList};
use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What Jobtrail writes in front of a CancelJob. This library would look for another fingerprint.
const CANCEL_JOB: [u8; 10] = [0xc3, 0x01, 0xea, 0x5c, 0x8b, 0xae, 0x66, 0x41, 0x80, 0x28];

struct Job {
    producer: FutureProducer,
    consumer: BaseConsumer,
    events: String,
    schemas: String,
    id: String,
}

impl Job {
    fn schema(&self, record: &str) -> Result<Schema, Box<dyn Error>> {
        Ok(Schema::parse_str(&std::fs::read_to_string(format!(
            "{}/{record}.avsc",
            self.schemas
        ))?)?)
    }

    async fn emit(&self, record: &str, more: Vec<(&str, Value)>) -> Result<(), Box<dyn Error>> {
        let schema = self.schema(record)?;
        let mut event: Vec<(String, Value)> = vec![
            ("event_id".into(), uuid::Uuid::new_v4().into()),
            ("organization_id".into(), "acme".into()),
            ("job_id".into(), self.id.as_str().into()),
            ("attempt".into(), 1.into()),
            (
                "occurred_at".into(),
                (SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros() as i64).into(),
            ),
        ];
        event.extend(more.into_iter().map(|(name, value)| (name.to_string(), value)));
        let event = Value::Record(event).resolve(&schema)?; // what is left out has its default
        let mut value = Vec::new();
        GenericSingleObjectWriter::new_with_capacity(&schema, 256)?.write_value(event, &mut value)?;
        let record = FutureRecord::to(&self.events).key(&self.id).payload(&value);
        self.producer
            .send(record, Timeout::Never)
            .await
            .map_err(|(error, _)| error)?;
        Ok(())
    }

    fn command_for_me(&self) -> Result<Option<Value>, Box<dyn Error>> {
        let schema = self.schema("CancelJob")?;
        while let Some(message) = self.consumer.poll(Duration::ZERO) {
            let message = message?;
            let Some(mut value) = message.payload().and_then(|value| value.strip_prefix(&CANCEL_JOB)) else {
                continue;
            };
            let Value::Record(command) = GenericDatumReader::builder(&schema).build()?.read_value(&mut value)? else {
                continue;
            };
            let is = |name: &str, mine: Value| command.iter().any(|(field, value)| field == name && *value == mine);
            if is("organization_id", "acme".into()) && is("job_id", self.id.as_str().into()) && is("attempt", 1.into())
            {
                return Ok(command
                    .into_iter()
                    .find(|(field, _)| field == "command_id")
                    .map(|(_, value)| value));
            }
        }
        Ok(None)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, bootstrap, events, commands, schemas, id, seconds] = arguments.as_slice() else {
        return Err("job BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS".into());
    };
    let mut kafka = ClientConfig::new();
    kafka
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "none")
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = kafka.create()?;
    let mut partitions = TopicPartitionList::new();
    for partition in consumer
        .fetch_metadata(Some(commands), Duration::from_secs(30))?
        .topics()[0]
        .partitions()
    {
        partitions.add_partition_offset(commands, partition.id(), Offset::Beginning)?;
    }
    consumer.assign(&partitions)?;
    let producer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("enable.idempotence", "true")
        .create()?;
    let job = Job {
        producer,
        consumer,
        events: events.clone(),
        schemas: schemas.clone(),
        id: id.clone(),
    };
    job.emit(
        "JobCreated",
        vec![("type", "Count".into()), ("creator_id", "ada".into())],
    )
    .await?;
    job.emit("JobStarted", vec![]).await?;
    for percent in 1..=100 {
        tokio::time::sleep(Duration::from_secs_f64(seconds.parse()?)).await; // here a real job works
        job.emit("JobProgressed", vec![("progress", percent.into())]).await?;
        if let Some(command_id) = job.command_for_me()? {
            return job.emit("JobCancelled", vec![("command_id", command_id)]).await;
        }
    }
    job.emit("JobSucceeded", vec![]).await
}
