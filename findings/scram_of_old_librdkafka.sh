#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# librdkafka 2.0.2 (Debian 12's) and Apache Kafka 4.1.1: SCRAM with the right password is refused, in the
# words for a wrong one.
#
# In its last message of a SCRAM exchange librdkafka before 2.6.1 puts its own nonce once more before the
# server's, which begins with it (librdkafka's change 4895). Kafka 4 wants the nonce as it was sent, and
# answers "invalid credentials". So whoever upgrades brokers looks for a wrong password, and finds none.
#
# Seen, with the same member and password:
#   librdkafka 2.0.2    Authentication failed during authentication due to invalid credentials
#   librdkafka 2.16.0   1 broker
#
# Exits with 0 while that is so. Takes PyPI, Maven Central (Java 17, mvn) and a minute.
set -euo pipefail

FOLDER=$(mktemp -d)
BROKER=
# shellcheck disable=SC2317 # it is the trap's
cleanup() {
    [ -z "$BROKER" ] || kill "$BROKER" || true
    rm -rf "$FOLDER"
}
trap cleanup EXIT
cd "$FOLDER"

for version in 2.0.2 2.16.0; do # each brings the librdkafka of its own version
    python3 -m venv "client-$version"
    "client-$version/bin/pip" install --quiet --only-binary :all: "confluent-kafka==$version"
done

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>broker</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.1</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>4.1.1</version></dependency>
</dependencies></project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=libs -DincludeScope=runtime

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
PORT=$(free_port)
CONTROLLER=$(free_port)
cat >server.properties <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$CONTROLLER
controller.listener.names=CONTROLLER
listeners=MEMBERS://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$CONTROLLER
listener.security.protocol.map=MEMBERS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=MEMBERS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.members.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="ada" password="right";
log.dirs=$FOLDER/data
END
java -Xmx256m -cp 'libs/*' kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAA -c server.properties \
    --add-scram 'SCRAM-SHA-512=[name=ada,password=right]' >format.log 2>&1
java -Xmx512m -XX:+UseSerialGC -cp 'libs/*' kafka.Kafka server.properties >broker.log 2>&1 &
BROKER=$!
until (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do
    kill -0 "$BROKER"
    sleep 0.2
done

ask() { # VERSION: prints what its client comes to
    "client-$1/bin/python" - "$PORT" <<'PYTHON'
import sys

import confluent_kafka
from confluent_kafka.admin import AdminClient

said = []
client = AdminClient({"bootstrap.servers": "127.0.0.1:" + sys.argv[1], "security.protocol": "sasl_plaintext",
                      "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "ada", "sasl.password": "right",
                      "error_cb": lambda error: said.append(error.str()), "log_level": 0})
try:
    found = f"{len(client.list_topics(timeout=15).brokers)} broker"
except confluent_kafka.KafkaException as error:
    client.poll(1)
    found = next((text for text in said if "credentials" in text), str(error))
print("librdkafka", confluent_kafka.libversion()[0] + ":", found)
PYTHON
}

status=0
expect() { # VERSION WORDS
    local answer
    answer=$(ask "$1")
    printf '%s\n' "$answer"
    [[ $answer == "librdkafka $1: "*"$2"* ]] || {
        echo "expected: $2"
        status=1
    }
}
expect 2.0.2 "invalid credentials"
expect 2.16.0 "1 broker"
exit $status
