#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Apache Avro for Java 1.12.1: its checker of compatibility passes a field that turns from microseconds into
# milliseconds, in both directions, and its reader then reads a moment of the year 58876 without a word.
#
# SchemaCompatibility compares the types below logical types, and resolution does the same: both are a long. So
# whoever holds changes of schemas against it ("FULL" of a registry is no more) is told that old and new readers
# understand each other, and they do not. What compares schemas has to compare logical types itself.
#
# Seen:
#   old reads new: COMPATIBLE    new reads old: COMPATIBLE
#   written 2026-11-27T12:00:01.234567Z    read +58876-01-11T00:20:34.567Z
#
# Exits with 0 while that is so. Takes Java 17, Maven and Maven Central (10 MB), and some seconds.
set -euo pipefail

FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>checker</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.avro</groupId><artifactId>avro</artifactId><version>1.12.1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=libs

cat >Finding.java <<'JAVA'
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.*;
import org.apache.avro.io.*;

class Finding {
    static Schema schema(String unit) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Event\",\"fields\":[{\"name\":\"at\","
                + "\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-" + unit + "\"}}]}");
    }

    static Object verdict(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType();
    }

    public static void main(String[] arguments) throws Exception {
        Schema old = schema("micros"), next = schema("millis");
        System.out.println("old reads new: " + verdict(old, next) + "    new reads old: " + verdict(next, old));
        GenericData data = new GenericData();
        data.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
        data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
        GenericRecord event = new GenericData.Record(old);
        event.put("at", Instant.parse("2026-11-27T12:00:01.234567Z"));
        var bytes = new ByteArrayOutputStream();
        Encoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(old, data).write(event, encoder);
        Decoder decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
        GenericRecord read = new GenericDatumReader<GenericRecord>(old, next, data).read(null, decoder);
        System.out.println("written " + event.get("at") + "    read " + read.get("at"));
    }
}
JAVA
java -cp 'libs/*' Finding.java | tee seen
grep -q '^old reads new: COMPATIBLE    new reads old: COMPATIBLE$' seen
grep -q '^written 2026-11-27T12:00:01.234567Z    read +5[0-9]*-' seen
