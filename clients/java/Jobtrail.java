// SPDX-License-Identifier: Apache-2.0

import java.io.*;
import java.nio.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.time.*;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;
import org.apache.avro.*;
import org.apache.avro.generic.*;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.serialization.*;

/**
 * A client of Jobtrail in one file: copy it into your program, with its package in front. It tells of jobs, and stops
 * those whose creator wants it. It needs Java 11, kafka-clients and Apache avro, and nothing else.
 *
 * <pre>{@code
 * try (var jobs = new Jobtrail(Map.of("bootstrap.servers", "kafka-1.internal:9092"), "acme")) {
 *     var job = jobs.create("load-7", "Load", "ada");
 *     job.start();
 *     for (int percent = 0; percent < 100 && !job.isToStop(); percent += 10) {
 *         workForAWhile();
 *         job.progress(percent);
 *     }
 *     if (job.isToStop()) job.cancelled();
 *     else job.succeed("https://files.example.org/load-7.zip");
 * }
 * }</pre>
 *
 * <p>What a call refuses (IllegalArgumentException) is what Jobtrail would keep as a dead letter. Calls may come from
 * any thread and return at once: events are sent behind them, in order. Where Kafka is away for so long that there is
 * no room (Options.roomBytes), a call waits for some, and IllegalStateException says that it waited in vain. What
 * Kafka has not taken when the block ends is waited for, and NotDelivered says what was lost, if anything.
 */
public final class Jobtrail implements AutoCloseable {
    private static final int ID_BYTES = 255, TYPE_BYTES = 128, CODE_BYTES = 128, ADDRESS_BYTES = 2048, ATTEMPTS = 10000;
    private static final int MESSAGE_BYTES = 4 * 1024, DETAIL_BYTES = 64 * 1024; // what is longer is cut
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final int COMPLAINTS = 100, COMMANDS_KEPT = 10_000, HELD_BYTES = 500; // besides an event's value
    private static final Duration LOOK_BACK = Duration.ofHours(1); // for commands that came while nobody listened
    private static final Duration LOOK_EVERY = Duration.ofMillis(200), PARTITIONS_EVERY = Duration.ofMinutes(1);
    // Of event ids that are derived: the one of all clients in one file, so that all derive the same.
    private static final UUID EVENTS = UUID.fromString("6f0c7f7e-6b0e-4f0e-9d55-8f0f3c1f5a11");
    private static final System.Logger LOG = System.getLogger("jobtrail");

    private static final Map<String, String> TYPES = Map.of("text", "'string'", "int", "'int'",
            "text?", "['null', 'string'], 'default': null", "attempt", "'int', 'default': 1",
            "yes", "'boolean', 'default': true", "uuid", "{'type': 'string', 'logicalType': 'uuid'}",
            "uuid?", "['null', {'type': 'string', 'logicalType': 'uuid'}], 'default': null",
            "time", "{'type': 'long', 'logicalType': 'timestamp-micros'}");
    private static final String EVENT =
            " event_id:uuid organization_id:text job_id:text attempt:attempt occurred_at:time message:text? ";
    private static final Map<String, Schema> SCHEMAS = Stream.of(
            "JobCreated" + EVENT + "type:text creator_id:text? cancellable:yes", "JobStarted" + EVENT,
            "JobProgressed" + EVENT + "progress:int", "JobSucceeded" + EVENT + "result_uri:text?",
            "JobFailed" + EVENT + "error_code:text? error_detail:text?", "JobCancelled" + EVENT + "command_id:uuid?",
            "CancelJob command_id:uuid request_id:uuid organization_id:text job_id:text attempt:attempt type:text "
                    + "requester_id:text issued_at:time reason:text?")
            .map(Jobtrail::schema).collect(Collectors.toMap(Schema::getName, schema -> schema));
    private static final Schema CANCEL_JOB = SCHEMAS.get("CancelJob");
    private static final GenericData DATA = new GenericData(); // not the one that the program may have changed

    private static Schema schema(String nameAndFields) {
        String[] parts = nameAndFields.split(" ");
        String fields = Stream.of(parts).skip(1).map(each -> each.split(":")).map(each -> "{'name': '" + each[0]
                + "', 'type': " + TYPES.get(each[1]) + "}").collect(Collectors.joining(","));
        String text = "{'type': 'record', 'name': 'jobtrail.v1." + parts[0] + "', 'fields': [" + fields + "]}";
        return new Schema.Parser().parse(text.replace('\'', '"'));
    }

    /** Kafka did not take these events: of each the record, the job's id, and why. */
    public static final class NotDelivered extends RuntimeException {
        private static final long serialVersionUID = 1;
        public final transient List<String[]> events;

        NotDelivered(List<String[]> events) {
            super(events.size() + " events were not delivered, the first of them " + String.join(" ", events.get(0)));
            this.events = events;
        }
    }

    /** What a client may be told besides its settings and its organisation. */
    public static final class Options {
        /** A name of this program, of which event ids are then made: a backfill that runs twice alike is one. */
        public String source;
        /** Whether to listen for commands to stop; needs READ on that topic, and no group. */
        public boolean commands = true;
        /** Called with the job when a command for it came, by the thread that hears commands: do little there. */
        public Consumer<Job> onStop;
        /** Only where Jobtrail has a registry: the schema of an id, as text. Once it throws, that command is lost. */
        public IntFunction<String> schemaOf;
        public String topic = "job.events", commandsTopic = "job.commands";
        /** So many bytes of events wait for Kafka at most, and so long a call waits where that is full. */
        public long roomBytes = 32 << 20;
        public Duration roomTimeout = Duration.ofMinutes(1);
    }

    /** What each event may say besides. */
    public static final class More {
        private String message;
        private Instant at;
        private UUID eventId;
        private final List<Map.Entry<String, byte[]>> headers = new ArrayList<>();

        /** A brief one for people. */
        public More message(String text) { message = text; return this; }
        /** When it happened; else now. */
        public More at(Instant moment) { at = moment; return this; }
        /** The same whenever this event is sent; else derived (Options.source) or random. */
        public More eventId(UUID id) { eventId = id; return this; }
        /** Such as traceparent. */
        public More header(String name, byte[] value) { headers.add(Map.entry(name, value)); return this; }
    }

    /** One attempt of a job that this program runs. Made by create and resume. */
    public final class Job {
        public final String jobId;
        public final int attempt;
        private final CountDownLatch stop = new CountDownLatch(1);
        private volatile Map<String, Object> command;
        private long sequence = 1;

        private Job(String jobId, int attempt) { this.jobId = jobId; this.attempt = attempt; }

        public void start() { start(new More()); }
        public void start(More more) { tell("JobStarted", this, more); }

        /** Where there is no room it is left out: the next one says more (ticksLeftOut). */
        public void progress(int percent) { progress(percent, new More()); }
        public void progress(int percent, String message) { progress(percent, new More().message(message)); }
        public void progress(int percent, More more) {
            checkNumber("percent", percent, 0, 100);
            tell("JobProgressed", this, more, "progress", percent);
        }

        /** resultUri: where the result is; null: nowhere. */
        public void succeed(String resultUri) { succeed(resultUri, new More()); }
        public void succeed(String resultUri, More more) {
            if (resultUri != null) checkText("resultUri", resultUri, ADDRESS_BYTES);
            if (resultUri != null && !resultUri.matches("(?is)https?://.*"))
                throw refused("resultUri is an address of http or https", resultUri);
            tell("JobSucceeded", this, more, "result_uri", resultUri);
        }

        /** Either may be null. */
        public void fail(String errorCode, String errorDetail) { fail(errorCode, errorDetail, new More()); }
        public void fail(String errorCode, String errorDetail, More more) {
            if (errorCode != null) checkText("errorCode", errorCode, CODE_BYTES);
            String detail = cut("errorDetail", errorDetail, DETAIL_BYTES);
            tell("JobFailed", this, more, "error_code", errorCode, "error_detail", detail);
        }

        /** It has stopped: by the command that came, if one did. */
        public void cancelled() { cancelled(new More()); }
        public void cancelled(More more) {
            Map<String, Object> obeyed = command;
            tell("JobCancelled", this, more, "command_id", obeyed == null ? null : obeyed.get("command_id"));
        }

        /** Whether its creator wants it to stop. Answer with cancelled, or with how it ended otherwise. */
        public boolean isToStop() { return stop.getCount() == 0; }

        /** Waits for that, so long at most. Whether it is so. */
        public boolean waitToStop(Duration timeout) throws InterruptedException {
            return stop.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        }

        /** The command: command_id, requester_id, reason and so on, as its schema calls them; null: none came. */
        public Map<String, Object> command() { return command; }
    }

    private final String organization;
    private final Options options;
    private final KafkaProducer<String, byte[]> producer;
    private final ExecutorService sender = Executors.newSingleThreadExecutor(work -> thread("jobtrail-events", work));
    private final CommandReader reader;
    private final Map<List<Object>, Job> jobs = new HashMap<>(); // what follows is guarded by this object
    private final Map<List<Object>, Map<String, Object>> early = new LinkedHashMap<>(); // of jobs not known yet
    private final List<String[]> failed = new ArrayList<>();
    private long underWay, underWayBytes, ticksLeftOut;
    private boolean isOver;

    public Jobtrail(Map<String, Object> settings, String organization) { this(settings, organization, new Options()); }

    /** settings: of the Kafka client, bootstrap.servers, security.protocol and so on. */
    public Jobtrail(Map<String, Object> settings, String organization, Options options) {
        checkText("organization", organization, ID_BYTES);
        this.organization = organization;
        this.options = options;
        Map<String, Object> of = new HashMap<>(settings);
        of.putIfAbsent("linger.ms", 5);
        for (var away : List.of("max.block.ms", "delivery.timeout.ms")) of.putIfAbsent(away, 300_000); // as in Python
        of.putAll(Map.of("enable.idempotence", true, "acks", "all"));
        producer = new KafkaProducer<>(of, new StringSerializer(), new ByteArraySerializer());
        reader = options.commands ? new CommandReader(settings) : null;
    }

    /** A job that is new. creator: the member who started it, who alone can have it stopped; null: nobody's. */
    public Job create(String jobId, String type, String creator) {
        return create(jobId, type, creator, true, 1, new More());
    }

    public Job create(String jobId, String type, String creator, boolean cancellable, int attempt, More more) {
        checkText("type", type, TYPE_BYTES);
        if (creator != null) checkText("creator", creator, ID_BYTES);
        Job job = resume(jobId, attempt);
        tell("JobCreated", job, more, "type", type, "creator_id", creator, "cancellable", cancellable);
        return job;
    }

    /** A job that somebody created: to go on with, or to begin another attempt of. */
    public Job resume(String jobId, int attempt) {
        checkText("jobId", jobId, ID_BYTES);
        checkNumber("attempt", attempt, 1, ATTEMPTS);
        Job job = new Job(jobId, attempt);
        synchronized (this) {
            jobs.put(List.of(jobId, attempt), job);
            job.command = early.get(List.of(jobId, attempt));
        }
        if (job.command != null) job.stop.countDown();
        return job;
    }

    /** How many progress events were left out, since there was no room. */
    public synchronized long ticksLeftOut() { return ticksLeftOut; }

    /** Waits until Kafka has all that was told. Throws NotDelivered, once for each event that is lost. */
    public synchronized void flush(Duration timeout) {
        long until = System.nanoTime() + timeout.toNanos();
        while (!isOver && underWay > 0 && waitUntil(until)) { }
        List<String[]> lost = new ArrayList<>(failed);
        failed.clear();
        if (!lost.isEmpty()) throw new NotDelivered(lost);
        if (!isOver && underWay > 0) throw new IllegalStateException(underWay + " events under way after " + timeout);
    }

    @Override public void close() { close(Duration.ofSeconds(30)); }

    /** Flushes and ends. Nothing is told afterwards. */
    public void close(Duration timeout) {
        if (reader != null) reader.end();
        try {
            flush(timeout);
        } finally {
            synchronized (this) {
                isOver = true;
                notifyAll();
            }
            sender.shutdownNow();
            producer.close(Duration.ZERO);
        }
    }

    // ---- events

    private synchronized void tell(String record, Job job, More more, Object... fields) {
        try {
            UUID id = eventId(record, job, record.equals("JobCreated") ? 0 : job.sequence++);
            Instant at = more.at == null ? Instant.now() : more.at;
            if (at.isBefore(EARLIEST) || at.isAfter(Instant.now().plus(1, ChronoUnit.DAYS)))
                throw refused("at is between the year 2000 and tomorrow", at);
            GenericRecord event = new GenericData.Record(SCHEMAS.get(record));
            event.put("event_id", (more.eventId == null ? id : more.eventId).toString());
            event.put("organization_id", organization);
            event.put("job_id", job.jobId);
            event.put("attempt", job.attempt);
            event.put("occurred_at", ChronoUnit.MICROS.between(Instant.EPOCH, at));
            event.put("message", cut("message", more.message, MESSAGE_BYTES));
            for (int i = 0; i < fields.length; i += 2) event.put((String) fields[i], fields[i + 1]);
            ByteBuffer value = new BinaryMessageEncoder<>(DATA, event.getSchema()).encode(event); // its mark in front
            var message = new ProducerRecord<>(options.topic, job.jobId,
                    Arrays.copyOfRange(value.array(), value.position(), value.limit()));
            more.headers.forEach(header -> message.headers().add(header.getKey(), header.getValue()));
            queue(record, job, message);
        } catch (IOException | NoSuchAlgorithmException impossible) { // into memory; every Java has SHA-1
            throw new IllegalStateException(impossible);
        }
    }

    private UUID eventId(String record, Job job, long sequence) throws NoSuchAlgorithmException {
        if (options.source == null) return UUID.randomUUID();
        String name = Stream.of(options.source, organization, job.jobId, "" + job.attempt, record, "" + sequence)
                .map(part -> bytesOf("source", part).length + ":" + part).collect(Collectors.joining());
        MessageDigest digest = MessageDigest.getInstance("SHA-1"); // a UUID of version 5
        digest.update(ByteBuffer.allocate(16).putLong(EVENTS.getMostSignificantBits())
                .putLong(EVENTS.getLeastSignificantBits()).array());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(bytesOf("source", name)));
        return new UUID(hash.getLong() & ~0xF000L | 0x5000L, hash.getLong() & ~(3L << 62) | 1L << 63);
    }

    private void queue(String record, Job job, ProducerRecord<String, byte[]> message) {
        long until = System.nanoTime() + options.roomTimeout.toNanos();
        int size = message.value().length + HELD_BYTES;
        while (!isOver && underWay > 0 && underWayBytes + size > options.roomBytes) {
            if (record.equals("JobProgressed")) {
                ticksLeftOut++;
                return;
            }
            if (!waitUntil(until)) throw new IllegalStateException("there is no room, Kafka takes nothing: " + record);
        }
        if (isOver) throw new IllegalStateException("it is closed");
        underWay++;
        underWayBytes += size;
        sender.execute(() -> send(record, message, size)); // it waits where Kafka is away
        if (List.of("JobSucceeded", "JobFailed", "JobCancelled").contains(record))
            jobs.remove(List.of(job.jobId, job.attempt), job);
    }

    /** Waits for whatever changes; false when that time is over, or somebody interrupts. */
    private boolean waitUntil(long until) {
        long left = until - System.nanoTime();
        try {
            if (left > 0) TimeUnit.NANOSECONDS.timedWait(this, left);
            return left > 0;
        } catch (InterruptedException told) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void send(String record, ProducerRecord<String, byte[]> message, int size) {
        try {
            producer.send(message, (place, error) -> sent(record, message, size, error));
        } catch (RuntimeException error) {
            sent(record, message, size, error);
        }
    }

    private synchronized void sent(String record, ProducerRecord<String, byte[]> message, int size, Exception error) {
        if (error != null) failed.add(new String[] {record, message.key(), error.toString()});
        underWay--;
        underWayBytes -= size;
        notifyAll();
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    // ---- what would be a dead letter

    private static RuntimeException refused(String right, Object given) {
        return new IllegalArgumentException(right + ", and not " + given);
    }

    private static byte[] bytesOf(String name, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) // half of one that takes two of Java's
            throw refused(name + " is a text of whole characters", text);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void checkText(String name, String text, int mostBytes) {
        int length = text == null || text.indexOf('\0') >= 0 ? 0 : bytesOf(name, text).length;
        if (length < 1 || length > mostBytes)
            throw refused(name + " is a text of 1 to " + mostBytes + " bytes in UTF-8, without NUL", text);
    }

    private static String cut(String name, String text, int mostBytes) {
        if (text == null) return null;
        if (text.indexOf('\0') >= 0) throw refused(name + " is a text without NUL", text);
        byte[] bytes = bytesOf(name, text);
        int length = Math.min(bytes.length, mostBytes);
        while (length < bytes.length && (bytes[length] & 0xC0) == 0x80) length--; // not within a character
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static void checkNumber(String name, int number, int least, int most) {
        if (number < least || number > most) throw refused(name + " is a number from " + least + " to " + most, number);
    }

    // ---- commands

    private void obey(Map<String, Object> command) {
        if (command == null || !command.get("organization_id").equals(organization)) return;
        List<Object> key = List.of(command.get("job_id"), command.get("attempt"));
        Job job;
        synchronized (this) {
            early.put(key, command);
            if (early.size() > COMMANDS_KEPT) early.remove(early.keySet().iterator().next());
            job = jobs.get(key);
            if (job == null || job.command != null) return;
            job.command = command;
        }
        job.stop.countDown();
        try {
            if (options.onStop != null) options.onStop.accept(job);
        } catch (Exception | AssertionError theirs) { // no reason to hear no more
            LOG.log(System.Logger.Level.ERROR, "onStop failed for job " + job.jobId, theirs);
        }
    }

    /** Reads all of the topic of commands, from an hour ago on, in no group: each program hears every command. */
    private final class CommandReader {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final long began = Instant.now().minus(LOOK_BACK).toEpochMilli();
        private final Map<Integer, Schema> schemas = new HashMap<>();
        private final Set<String> complained = new HashSet<>();
        private final byte[] mark = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0xC3)
                .put((byte) 1).putLong(SchemaNormalization.parsingFingerprint64(CANCEL_JOB)).array();
        private final Thread thread = thread("jobtrail-commands", this::hear);
        private volatile boolean isEnding;
        private long lookAt = System.nanoTime();

        CommandReader(Map<String, Object> settings) {
            Map<String, Object> of = new HashMap<>(settings);
            of.remove("group.id");
            of.putAll(Map.of("enable.auto.commit", false, "auto.offset.reset", "earliest",
                    "allow.auto.create.topics", false, "default.api.timeout.ms", 5000));
            consumer = new KafkaConsumer<>(of, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            thread.start();
        }

        private void hear() {
            while (!isEnding) {
                try {
                    if (System.nanoTime() >= lookAt) lookForPartitions();
                    for (var each : consumer.poll(LOOK_EVERY)) obey(decode(each.value()));
                } catch (RuntimeException error) {
                    if (isEnding) break; // it was woken
                    complain(error.toString());
                    java.util.concurrent.locks.LockSupport.parkNanos(LOOK_EVERY.toNanos());
                }
            }
            consumer.close();
        }

        private void lookForPartitions() {
            lookAt = System.nanoTime() + LOOK_EVERY.toNanos();
            List<TopicPartition> found = consumer.partitionsFor(options.commandsTopic).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition())).collect(Collectors.toList());
            if (found.isEmpty()) throw new KafkaException("there is no topic " + options.commandsTopic);
            var added = new ArrayList<>(found);
            added.removeAll(consumer.assignment());
            // The end is asked first: what comes between the two questions is behind it.
            Map<TopicPartition, Long> ends = consumer.endOffsets(added);
            var starts = consumer.offsetsForTimes(
                    added.stream().collect(Collectors.toMap(each -> each, each -> began)));
            consumer.assign(found);
            for (var each : added)
                consumer.seek(each, starts.get(each) == null ? ends.get(each) : starts.get(each).offset());
            lookAt = System.nanoTime() + PARTITIONS_EVERY.toNanos();
        }

        /** Null where it cannot be read: the next one may be ours. */
        private Map<String, Object> decode(byte[] value) {
            try {
                Schema writer = schemaOf(value);
                int header = writer == CANCEL_JOB ? 10 : 5;
                var decoder = DecoderFactory.get().binaryDecoder(value, header, value.length - header, null);
                var record = new GenericDatumReader<GenericRecord>(writer, CANCEL_JOB, DATA).read(null, decoder);
                Map<String, Object> command = new LinkedHashMap<>();
                for (Schema.Field field : CANCEL_JOB.getFields()) {
                    Object of = record.get(field.pos());
                    command.put(field.name(), of instanceof CharSequence ? of.toString()
                            : of instanceof Long ? Instant.EPOCH.plus((Long) of, ChronoUnit.MICROS) : of);
                }
                return Collections.unmodifiableMap(command);
            } catch (IOException | RuntimeException error) {
                complain("a record of " + options.commandsTopic + " cannot be read: " + error);
                return null;
            }
        }

        private Schema schemaOf(byte[] value) {
            if (value != null && value.length > 10 && Arrays.equals(value, 0, 10, mark, 0, 10)) return CANCEL_JOB;
            if (value != null && value.length > 5 && value[0] == 0 && options.schemaOf != null) {
                return schemas.computeIfAbsent(ByteBuffer.wrap(value, 1, 4).getInt(),
                        number -> new Schema.Parser().parse(options.schemaOf.apply(number)));
            }
            throw new AvroRuntimeException("no schema that is known; where Jobtrail has a registry, give schemaOf");
        }

        private void complain(String text) {
            if (complained.size() >= COMPLAINTS || !complained.add(text)) return;
            LOG.log(System.Logger.Level.WARNING, "commands: " + text);
        }

        /** From onStop, too: then hearing ends when that returns. */
        void end() {
            isEnding = true;
            consumer.wakeup();
            try {
                if (Thread.currentThread() != thread) thread.join();
            } catch (InterruptedException told) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
