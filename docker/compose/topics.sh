#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# topics.sh BOOTSTRAP: the topics of Jobtrail, in a container of Apache Kafka's image.
set -eu

make() {
    topic=$1
    shift
    /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$bootstrap" --create --if-not-exists --partitions 4 \
        --topic "$topic" --config cleanup.policy=delete "$@"
}

bootstrap=$1
make job.events
make job.cancel-requests --config message.timestamp.type=LogAppendTime
make job.commands
make job.cancel-decisions
make job.dead-letters
