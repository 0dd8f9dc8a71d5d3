# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private one-node Apache Kafka (KRaft) in $INSTANCE/kafka, or the embedded broker in its
# place, and the five topics.

# name:partitions:settings, see tests/support/kafka_topics.c
readonly TOPICS=(
    "job.events:4:cleanup.policy=delete"
    "job.cancel-requests:4:cleanup.policy=delete,message.timestamp.type=LogAppendTime"
    "job.commands:4:cleanup.policy=delete"
    "job.cancel-decisions:4:cleanup.policy=delete"
    "job.dead-letters:4:cleanup.policy=delete"
)

# kafka_possible: whether a real broker can run here; fetches it when need be.
kafka_possible() {
    have java || return 1
    [ -d "$CACHE/kafka-$KAFKA_VERSION" ] || have mvn || return 1
    fetch_once "$CACHE/kafka-$KAFKA_VERSION" fetch_kafka
}

# support_tool NAME: compiles tests/support/NAME.c unless it is there, prints its path.
support_tool() {
    local source=$ROOT/tests/support/$1.c program=$ROOT/.dev/bin/$1 flags
    if [ ! -x "$program" ] || [ "$source" -nt "$program" ]; then
        read -r -a flags <<<"$(pkg-config --cflags --libs rdkafka)"
        mkdir -p "$ROOT/.dev/bin"
        # To a name of its own first: two may compile it at once.
        gcc -std=gnu17 -O1 -Wall -Wextra -Werror -I"$ROOT/service" -o "$program.$$" "$source" \
            "${flags[@]}" && mv "$program.$$" "$program"
    fi
    printf '%s\n' "$program"
}

kafka_create() {
    local broker controller linked link
    broker=$(free_port)
    controller=$(free_port)
    # For tests that put a slow or broken link before it: who connects through the link is told to
    # come that way again.
    linked=$(free_port)
    link=$(free_port)
    mkdir -p "$INSTANCE/kafka"
    printf '127.0.0.1:%s\n' "$broker" >"$INSTANCE/kafka.bootstrap"
    printf '%s %s\n' "$linked" "$link" >"$INSTANCE/kafka.link"
    cat >"$INSTANCE/kafka/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$broker,LINK://127.0.0.1:$linked,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$broker,LINK://127.0.0.1:$link
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,LINK:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$INSTANCE/kafka/data
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
SETTINGS
    # A cluster id is 16 bytes in URL-safe base64, without padding and not beginning with '-'.
    local id
    id=J$(head -c 16 /dev/urandom | base64 | tr '+/' '_-' | cut -c2-22)
    id=${id:0:21}A
    run java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$(kafka_classpath)" \
        kafka.tools.StorageTool format -t "$id" -c "$INSTANCE/kafka/server.properties" \
        >"$INSTANCE/kafka-format.log" 2>&1 || {
        cat "$INSTANCE/kafka-format.log" >&2
        return 1
    }
}

kafka_classpath() { printf '%s/libs/*\n' "$CACHE/kafka-$KAFKA_VERSION"; }

kafka_start() {
    process_start kafka java -Xmx1g -XX:+UseSerialGC -cp "$(kafka_classpath)" \
        kafka.Kafka "$INSTANCE/kafka/server.properties"
}

# kafka_await SECONDS: until the broker answers and the topics are there.
kafka_await() {
    "$(support_tool kafka_topics)" --bootstrap "$(<"$INSTANCE/kafka.bootstrap")" \
        --wait "$1" "${TOPICS[@]}"
}

kafka_stop() { process_signal kafka TERM; }

# embedded_start: librdkafka's mock cluster. It forgets; good for a try-out only.
embedded_start() {
    local program topics=() topic tries=200
    program=$(support_tool embedded_broker)
    for topic in "${TOPICS[@]}"; do topics+=(--topic "${topic%:*}"); done
    process_start kafka "$program" --announce "$INSTANCE/kafka.bootstrap" "${topics[@]}"
    while [ ! -s "$INSTANCE/kafka.bootstrap" ]; do
        if ! process_alive kafka || [ "$tries" -eq 0 ]; then
            process_log_tail kafka
            die "the embedded broker did not start"
        fi
        tries=$((tries - 1))
        sleep 0.05
    done
}
