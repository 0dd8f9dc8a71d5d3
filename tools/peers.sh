# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The programs that ./dev bench peers measures jobtrail with, kept in the cache folder, one for each
# content of their sources.

# peer_go: prints the path of the consumer in Go, built when need be.
peer_go() {
    local folder
    have go || die "the peer needs Go 1.26 or newer on the PATH"
    folder=$CACHE/peer-go-$({ go version && cat tests/bench/peers/go/*; } | sha256sum | cut -c1-16)
    fetch_once "$folder" peer_go_build && printf '%s/peer\n' "$folder"
}

peer_go_build() {
    say "building the peer in Go"
    run go -C "$ROOT/tests/bench/peers/go" build -trimpath -o "$1/peer" . >&2 9>&-
}

readonly DEBEZIUM_VERSION=3.6.0.Final

# peer_debezium: prints the folder of Kafka Connect's plugins, fetched when need be.
peer_debezium() {
    local folder=$CACHE/debezium-$DEBEZIUM_VERSION
    kafka_possible || return 1
    fetch_once "$folder" fetch_debezium && printf '%s\n' "$folder"
}

fetch_debezium() {
    say "fetching Debezium $DEBEZIUM_VERSION (80 MB) from Maven Central"
    maven org.apache.maven.plugins:maven-dependency-plugin:2.8:copy "-DoutputDirectory=$1" \
        "-Dartifact=io.debezium:debezium-connector-jdbc:$DEBEZIUM_VERSION:tar.gz:plugin" &&
        tar -xzf "$1"/*.tar.gz -C "$1" && rm -f "$1"/*.tar.gz && fetch_jars converter "$1" &&
        peer_name_converter "$1/libs"
}

# peer_name_converter FOLDER: without this Connect would look for it in every jar at every start.
peer_name_converter() {
    mkdir -p "$1/META-INF/services"
    printf 'io.apicurio.registry.utils.converter.AvroConverter\n' \
        >"$1/META-INF/services/org.apache.kafka.connect.storage.Converter"
    (cd "$1" && python3 -m zipfile -c converter-named.jar META-INF && rm -r META-INF)
}

# peer_flink: prints two folders: of Flink's jars, and of the class that runs our SQL with them.
peer_flink() {
    local jars class
    have javac || {
        say "the peer in Flink needs javac: Debian's default-jdk-headless"
        return 1
    }
    jars=$CACHE/flink-$(sha256sum <tools/flink.pom.xml | cut -c1-16)
    fetch_once "$jars" fetch_flink || return 1
    FLINK_LIBS=$jars/libs
    class=$CACHE/peer-flink-$(cat tools/flink.pom.xml tests/bench/peers/flink/Peer.java | sha256sum | cut -c1-16)
    fetch_once "$class" peer_flink_build && printf '%s\n' "$FLINK_LIBS" "$class"
}

fetch_flink() {
    say "fetching Flink and its connectors (160 MB) from Maven Central"
    fetch_jars flink "$1"
}

peer_flink_build() {
    run javac -J-XX:TieredStopAtLevel=1 --release 11 -Xlint:all -Werror -proc:none -cp "$FLINK_LIBS/*" -d "$1" \
        "$ROOT/tests/bench/peers/flink/Peer.java" >&2 9>&-
}
