// SPDX-License-Identifier: Apache-2.0
// Reads values of one schema by another, with Apache's Avro, and asks its own checker about the two. See
// schema_changes.py for what comes in and goes out.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

public final class SchemaReader {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        List<Object> answers = new ArrayList<>();
        for (JsonNode question : json.readTree(System.in)) {
            Schema writer = new Schema.Parser().parse(question.get("writer").toString());
            Schema reader = new Schema.Parser().parse(question.get("reader").toString());
            List<Object> values = new ArrayList<>();
            for (JsonNode value : question.get("values")) {
                values.add(read(writer, reader, json.convertValue(value, int[].class)));
            }
            List<String> faults = new ArrayList<>();
            SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult().getIncompatibilities()
                    .forEach(each -> faults.add(each.getType() + " at " + each.getLocation() + ": " + each.getMessage()));
            answers.add(Map.of("values", values, "faults", faults));
        }
        System.out.println(json.writeValueAsString(answers));
    }

    private static Object read(Schema writer, Schema reader, int[] value) {
        try {
            var bytes = new ByteArrayOutputStream();
            for (int each : value) bytes.write(each);
            GenericRecord record = new GenericDatumReader<GenericRecord>(writer, reader)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
            Map<String, Object> fields = new LinkedHashMap<>();
            for (Schema.Field field : reader.getFields()) {
                Object of = record.get(field.pos());
                fields.put(field.name(), of == null || of instanceof Number || of instanceof Boolean ? of : of.toString());
            }
            return fields;
        } catch (Exception error) {
            return "not read: " + error;
        }
    }
}
