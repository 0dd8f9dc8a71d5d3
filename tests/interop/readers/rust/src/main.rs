// SPDX-License-Identifier: Apache-2.0
//! Reads values of one schema by another, with apache-avro. See schema_changes.py for what comes in and goes out.
use apache_avro::{reader::datum::GenericDatumReader, Schema};
use serde_json::{json, Value};
use std::error::Error;

fn read(writer: &Schema, reader: &Schema, value: &[u8]) -> Result<Value, Box<dyn Error>> {
    let mut value = value;
    let reading = GenericDatumReader::builder(writer).reader_schema(reader).build()?;
    Ok(Value::try_from(reading.read_value(&mut value)?)?)
}

fn answer(question: &Value) -> Result<Value, Box<dyn Error>> {
    let [writer, reader] = [Schema::parse(&question["writer"])?, Schema::parse(&question["reader"])?];
    let values: Vec<Vec<u8>> = serde_json::from_value(question["values"].clone())?;
    let read = values
        .iter()
        .map(|value| read(&writer, &reader, value).unwrap_or_else(|error| json!(format!("not read: {error}"))));
    Ok(json!({ "values": read.collect::<Vec<_>>() }))
}

fn main() -> Result<(), Box<dyn Error>> {
    let questions: Vec<Value> = serde_json::from_reader(std::io::stdin())?;
    let answers = questions.iter().map(answer).collect::<Result<Vec<_>, _>>()?;
    println!("{}", json!(answers));
    Ok(())
}
