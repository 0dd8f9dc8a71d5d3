// SPDX-License-Identifier: Apache-2.0
// Reads values of one schema by another, with avsc. See schema_changes.py for what comes in and goes out.
import { readFileSync } from "node:fs";
import avro from "avsc";

function read(writer, reader, value) {
  try {
    return reader.fromBuffer(Buffer.from(value), reader.createResolver(writer));
  } catch (error) {
    return `not read: ${error}`;
  }
}

function answer({ writer, reader, values }) {
  const [of, by] = [writer, reader].map((schema) => avro.Type.forSchema(schema));
  return { values: values.map((value) => read(of, by, value)) };
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answer)));
