// SPDX-License-Identifier: Apache-2.0
// Sends the interop events by Java, in Confluent's framing (done by hand against the registry's
// HTTP interface) or as Avro single objects.
//
//   InteropProducer FRAMING --bootstrap HOST:PORT --topic TOPIC --organization ORGANISATION
//                   --events FILE --schemas FOLDER [--registry URL] [--transactions]
//
// With --transactions everything is sent in a transaction, after another one that is aborted and
// holds a job `ghost` and a wrong end of every job.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

public final class InteropProducer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private interface Framing {
        byte[] frame(GenericRecord event) throws IOException, InterruptedException;
    }

    private final Map<String, String> options;
    private final Map<String, Schema> schemas = new HashMap<>();
    private final Map<Schema, Integer> ids = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    private InteropProducer(Map<String, String> options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        options.put("framing", arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            boolean isFlag = arguments[i].equals("--transactions");
            options.put(arguments[i].substring(2), isFlag ? "" : arguments[++i]);
        }
        new InteropProducer(options).run();
    }

    private String option(String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    private void run() throws Exception {
        if (option("framing").equals("serializer")) {
            for (Map.Entry<String, JsonNode> each : JSON.readTree(option("settings")).properties()) {
                options.put("organization", each.getKey());
                sendBySerializer(events(), each.getValue());
            }
            return;
        }
        List<GenericRecord> events = events();
        Framing framing = framing();
        boolean transactions = options.containsKey("transactions");
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings(transactions))) {
            if (transactions) {
                producer.initTransactions();
                producer.beginTransaction();
                send(producer, framing, wrongEnds(events));
                producer.abortTransaction();
                producer.beginTransaction();
            }
            send(producer, framing, events);
            if (transactions) {
                producer.commitTransaction();
            }
        }
    }

    private List<GenericRecord> events() throws IOException {
        List<GenericRecord> events = new ArrayList<>();
        for (JsonNode event : JSON.readTree(Path.of(option("events")).toFile())) {
            events.add(record(event));
        }
        return events;
    }

    /** By a library's own, called by the producer, with what a JSON object sets. */
    private void sendBySerializer(List<GenericRecord> events, JsonNode set) throws Exception {
        Properties settings = settings(false);
        set.properties()
                .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
        try (KafkaProducer<String, Object> producer = new KafkaProducer<>(settings)) {
            for (GenericRecord event : events) {
                String key = event.get("job_id").toString();
                producer.send(new ProducerRecord<>(option("topic"), key, event)).get();
            }
        }
    }

    private Properties settings(boolean transactions) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", option("bootstrap"));
        settings.put("enable.idempotence", "true");
        settings.put("acks", "all");
        settings.put("key.serializer", StringSerializer.class.getName());
        settings.put("value.serializer", ByteArraySerializer.class.getName());
        if (transactions) {
            settings.put("transactional.id", "interop-" + UUID.randomUUID());
        }
        return settings;
    }

    private void send(KafkaProducer<String, byte[]> producer, Framing framing,
            List<GenericRecord> events) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (GenericRecord event : events) {
            String key = event.get("job_id").toString();
            sent.add(producer.send(
                    new ProducerRecord<>(option("topic"), key, framing.frame(event))));
        }
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    /** What a reader would believe if it read aborted transactions. */
    private List<GenericRecord> wrongEnds(List<GenericRecord> events) throws IOException {
        List<GenericRecord> wrong = new ArrayList<>();
        for (GenericRecord event : events) {
            wrong.add(wrongEnd(event.get("job_id").toString()));
        }
        wrong.add(wrongEnd("ghost"));
        return wrong;
    }

    private GenericRecord wrongEnd(String job) throws IOException {
        return new GenericRecordBuilder(schema("JobFailed"))
                .set("event_id", UUID.randomUUID().toString())
                .set("organization_id", option("organization"))
                .set("job_id", job)
                .set("attempt", 10)
                .set("occurred_at", 1714557600000000L)
                .set("message", "never happened")
                .build();
    }

    private Schema schema(String name) throws IOException {
        Schema schema = schemas.get(name);
        if (schema == null) {
            Path file = Path.of(option("schemas"), name + ".avsc");
            schema = new Schema.Parser().parse(file.toFile());
            schemas.put(name, schema);
        }
        return schema;
    }

    private GenericRecord record(JsonNode event) throws IOException {
        Schema schema = schema(event.get("record").asText());
        GenericRecordBuilder builder = new GenericRecordBuilder(schema);
        builder.set("organization_id", option("organization"));
        event.get("fields").properties().forEach(field -> {
            Schema type = schema.getField(field.getKey()).schema();
            builder.set(field.getKey(), value(type, field.getValue()));
        });
        return builder.build();
    }

    private static Object value(Schema type, JsonNode node) {
        switch (type.getType()) {
            case UNION:
                return node.isNull() ? null : value(type.getTypes().get(1), node);
            case STRING:
                return node.textValue();
            case INT:
                return node.intValue();
            case LONG:
                return node.longValue();
            case BOOLEAN:
                return node.booleanValue();
            default:
                throw new IllegalArgumentException("no event has a field of type " + type);
        }
    }

    private Framing framing() {
        if (option("framing").equals("single-object")) {
            return event -> {
                ByteBuffer bytes = new BinaryMessageEncoder<GenericRecord>(
                        new GenericData(), event.getSchema()).encode(event);
                byte[] value = new byte[bytes.remaining()];
                bytes.get(value);
                return value;
            };
        }
        return this::confluentFrame;
    }

    private byte[] confluentFrame(GenericRecord event) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.write(ByteBuffer.allocate(4).putInt(schemaId(event.getSchema())).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(event.getSchema()).write(event, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private int schemaId(Schema schema) throws IOException, InterruptedException {
        Integer known = ids.get(schema);
        if (known != null) {
            return known;
        }
        String subject = option("topic") + "-" + schema.getFullName();
        // The text of the file, not Avro's own rendering: what others registered before us is the same text.
        String text = Files.readString(Path.of(option("schemas"), schema.getName() + ".avsc"));
        String body = JSON.writeValueAsString(Map.of("schema", text));
        HttpRequest request = HttpRequest
                .newBuilder(URI.create(option("registry") + "/subjects/" + subject + "/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the registry says " + answer.statusCode() + " " + answer.body());
        }
        int id = JSON.readTree(answer.body()).get("id").asInt();
        ids.put(schema, id);
        return id;
    }
}
