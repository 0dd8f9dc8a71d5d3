// SPDX-License-Identifier: Apache-2.0
// Uses clients/java/Jobtrail.java as it is told: each line that it reads is a call as JSON, each that it writes what
// came of it. Whatever a call makes, a client or a job, is known by the number that was the answer.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

public final class ClientDriver {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Object> made = new ArrayList<>();
    private final List<String> stopped = new CopyOnWriteArrayList<>();
    private final List<Integer> schemasAsked = new CopyOnWriteArrayList<>();

    public static void main(String[] arguments) throws Exception {
        ClientDriver driver = new ClientDriver();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(JSON.writeValueAsString(driver.answer(JSON.readTree(line))));
        }
    }

    private Map<String, Object> answer(JsonNode request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            answer.put("value", call(request));
        } catch (Exception error) {
            answer.put("error", error.getClass().getSimpleName());
            answer.put("text", String.valueOf(error.getMessage()));
            if (error instanceof Jobtrail.NotDelivered) answer.put("events", ((Jobtrail.NotDelivered) error).events);
        }
        return answer;
    }

    private Object call(JsonNode request) throws Exception {
        String name = request.get("call").asText();
        JsonNode with = request.get("with");
        Object on = request.has("on") ? made.get(request.get("on").asInt()) : null;
        if (on instanceof Jobtrail) return ofClient((Jobtrail) on, name, with);
        if (on instanceof Jobtrail.Job) return ofJob((Jobtrail.Job) on, name, with);
        switch (name) {
            case "open": return keep(open(with));
            case "stopped": return stopped;
            case "schemasAsked": return schemasAsked;
            default: throw new UnsupportedOperationException(name);
        }
    }

    private int keep(Object object) {
        made.add(object);
        return made.size() - 1;
    }

    private Jobtrail open(JsonNode with) {
        stopped.clear();
        schemasAsked.clear();
        var options = new Jobtrail.Options();
        options.onStop = job -> {
            stopped.add(job.jobId);
            if (with.path("onStopFails").asBoolean()) throw new IllegalStateException("the program's own fault");
        };
        options.source = text(with, "source");
        options.commands = with.path("commands").asBoolean(true);
        options.topic = with.path("topic").asText(options.topic);
        options.commandsTopic = with.path("commandsTopic").asText(options.commandsTopic);
        options.roomBytes = with.path("roomBytes").asLong(options.roomBytes);
        if (with.has("roomTimeout")) options.roomTimeout = Duration.ofSeconds(with.get("roomTimeout").asLong());
        if (with.has("registry")) options.schemaOf = number -> schemaOf(with.get("registry").asText(), number);
        Map<String, Object> settings = new HashMap<>();
        with.get("settings").properties().forEach(each -> settings.put(each.getKey(), each.getValue().asText()));
        return new Jobtrail(settings, text(with, "organization"), options);
    }

    private Object ofClient(Jobtrail jobs, String name, JsonNode with) {
        switch (name) {
            case "create":
                return keep(jobs.create(text(with, "job"), text(with, "type"), text(with, "creator"),
                        with.get("cancellable").asBoolean(), with.get("attempt").asInt(), more(with)));
            case "resume": return keep(jobs.resume(text(with, "job"), with.get("attempt").asInt()));
            case "flush": jobs.flush(Duration.ofSeconds(with.get("timeout").asLong())); return null;
            case "close": jobs.close(Duration.ofSeconds(with.get("timeout").asLong())); return null;
            case "ticksLeftOut": return jobs.ticksLeftOut();
            default: throw new UnsupportedOperationException(name);
        }
    }

    private Object ofJob(Jobtrail.Job job, String name, JsonNode with) throws InterruptedException {
        switch (name) {
            case "start": job.start(more(with)); return null;
            case "progress": job.progress(with.get("percent").asInt(), more(with)); return null;
            case "succeed": job.succeed(text(with, "result_uri"), more(with)); return null;
            case "fail": job.fail(text(with, "error_code"), text(with, "error_detail"), more(with)); return null;
            case "cancelled": job.cancelled(more(with)); return null;
            case "isToStop": return job.isToStop();
            case "waitToStop": return job.waitToStop(Duration.ofSeconds(with.get("timeout").asLong()));
            case "command": return job.command() == null ? null : texts(job.command());
            default: throw new UnsupportedOperationException(name);
        }
    }

    private static Map<String, String> texts(Map<String, Object> command) {
        Map<String, String> texts = new LinkedHashMap<>();
        command.forEach((name, value) -> texts.put(name, value == null ? null : value.toString()));
        return texts;
    }

    private static Jobtrail.More more(JsonNode with) {
        var more = new Jobtrail.More().message(text(with, "message"));
        if (with.has("at")) more.at(Instant.EPOCH.plus(with.get("at").asLong(), ChronoUnit.MICROS));
        if (with.has("event_id")) more.eventId(UUID.fromString(with.get("event_id").asText()));
        for (JsonNode header : with.path("headers")) {
            more.header(header.get(0).asText(), header.get(1).asText().getBytes(StandardCharsets.UTF_8));
        }
        return more;
    }

    private static String text(JsonNode with, String name) {
        return with.hasNonNull(name) ? with.get(name).textValue() : null;
    }

    private String schemaOf(String registry, int number) {
        schemasAsked.add(number);
        try {
            var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + number)).build();
            var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(answer.body()).get("schema").asText();
        } catch (Exception error) {
            throw new IllegalStateException("the registry does not answer", error);
        }
    }
}
