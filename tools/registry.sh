# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private schema registry (Apicurio, with Confluent's HTTP API). It keeps schemas in memory.

registry_possible() {
    have java || return 1
    [ -d "$CACHE/apicurio-$REGISTRY_VERSION" ] || have mvn || return 1
    fetch_once "$CACHE/apicurio-$REGISTRY_VERSION" fetch_registry
}

registry_start() {
    local port jar
    port=$(free_port)
    jar=$(find "$CACHE/apicurio-$REGISTRY_VERSION" -name '*-runner.jar' -print -quit)
    [ -n "$jar" ] || die "no program in $CACHE/apicurio-$REGISTRY_VERSION; remove that folder"
    printf '%s\n' "$port" >"$INSTANCE/registry.port"
    # It does little: to compile more than that needs would cost more than all that it does.
    process_start registry env QUARKUS_HTTP_HOST=127.0.0.1 "QUARKUS_HTTP_PORT=$port" \
        java -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar"
}

registry_url() { printf 'http://127.0.0.1:%s/apis/ccompat/v7\n' "$(<"$INSTANCE/registry.port")"; }

# registry_await SECONDS: until it answers a request for its subjects.
registry_await() {
    await_http registry "$1" "$(<"$INSTANCE/registry.port")" /apis/ccompat/v7/subjects
}

registry_stop() { process_signal registry TERM; }
