// SPDX-License-Identifier: Apache-2.0
// A job of ada's that counts to 100: Job.java BOOTSTRAP EVENTS COMMANDS SCHEMAS JOB SECONDS

import java.io.File;
import java.time.*;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.*;
import org.apache.avro.message.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

public class Job {
    static String events, schemas, job;
    static KafkaProducer<String, byte[]> producer;
    static List<Future<RecordMetadata>> sent = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> kafka = Map.of("bootstrap.servers", arguments[0]);
        events = arguments[1];
        schemas = arguments[3];
        job = arguments[4];
        producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
        var consumer = new KafkaConsumer<>(kafka, new StringDeserializer(), new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(arguments[2]).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        emit("JobCreated", Map.of("type", "Count", "creator_id", "ada"));
        emit("JobStarted", Map.of());
        GenericRecord command = null;
        for (int percent = 1; percent <= 100 && command == null; percent++) {
            Thread.sleep((long) (Double.parseDouble(arguments[5]) * 1000)); // here a real job works
            emit("JobProgressed", Map.of("progress", percent));
            command = commandForMe(consumer.poll(Duration.ZERO));
        }
        if (command == null) emit("JobSucceeded", Map.of());
        else emit("JobCancelled", Map.of("command_id", command.get("command_id")));
        for (var each : sent) each.get(); // it throws what Kafka did not take
        producer.close();
        consumer.close();
    }

    static void emit(String record, Map<String, Object> more) throws Exception {
        var schema = new Schema.Parser().parse(new File(schemas, record + ".avsc"));
        var event = new GenericRecordBuilder(schema).set("event_id", UUID.randomUUID().toString())
                .set("organization_id", "acme").set("job_id", job).set("attempt", 1)
                .set("occurred_at", ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        more.forEach(event::set);
        var value = new BinaryMessageEncoder<GenericData.Record>(GenericData.get(), schema).encode(event.build());
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        sent.add(producer.send(new ProducerRecord<>(events, job, bytes)));
    }

    static GenericRecord commandForMe(ConsumerRecords<String, byte[]> records) throws Exception {
        var schema = new Schema.Parser().parse(new File(schemas, "CancelJob.avsc"));
        var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema);
        for (var each : records) {
            try {
                GenericRecord command = decoder.decode(each.value());
                if (command.get("organization_id").toString().equals("acme")
                        && command.get("job_id").toString().equals(job) && command.get("attempt").equals(1))
                    return command;
            } catch (Exception unknown) { // whatever it is, the next one may be mine
                System.err.println("no command that I know: " + unknown);
            }
        }
        return null;
    }
}
