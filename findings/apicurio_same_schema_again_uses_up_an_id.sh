#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Apicurio Registry 3.0.9: registering what is there already is answered with the same ids as before,
# yet makes the registry's two counts part, and by then its own Confluent interface gives another
# schema for a number.
#
# Apicurio numbers versions of artifacts (global ids) and texts (content ids). On a new registry both
# are equal for every schema, whatever is registered, so that nobody notices which of them stands in
# a message. A registration with ifExists=FIND_OR_CREATE_VERSION that finds its text, which is what
# serializers with auto-register do at each start, creates nothing and answers with the ids known; it
# uses up a content id all the same. From then on the content ids of new schemas run ahead, and a
# number is one schema as a global id and another as a content id. Serializers before 3.0 write global
# ids unless told otherwise, also with as-confluent=true; the Confluent interface (/apis/ccompat) of
# the same registry reads content ids. The older schema it gives may well fit the bytes.
#
# Seen:
#   a again, twice: globalId 1 contentId 1, as the first time
#   b: globalId 2 contentId 4;  c: globalId 3 contentId 5;  d: globalId 4 contentId 6
#   id 4 by /ids/globalIds: d's schema;  id 4 by /apis/ccompat/v7/schemas/ids: b's
#
# Exits with 0 while that is so. Takes Java 17, Maven and Maven Central (109 MB), and a minute.
set -euo pipefail

VERSION=3.0.9
FOLDER=$(mktemp -d)
SERVER=
# shellcheck disable=SC2317 # it is the trap's
cleanup() {
    [ -z "$SERVER" ] || kill "$SERVER" || true
    [ -z "$SERVER" ] || wait "$SERVER" || true
    rm -rf "$FOLDER"
}
trap cleanup EXIT
cd "$FOLDER"

mvn -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:2.8:copy "-DoutputDirectory=$FOLDER" \
    "-Dartifact=io.apicurio:apicurio-registry-app:$VERSION:tar.gz:all"
tar -xzf ./*.tar.gz
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
QUARKUS_HTTP_HOST=127.0.0.1 QUARKUS_HTTP_PORT=$PORT java -Xmx512m -jar "apicurio-registry-app-$VERSION-runner.jar" \
    >server.log 2>&1 &
SERVER=$!
BASE=http://127.0.0.1:$PORT/apis
for _ in $(seq 120); do
    ! curl -sf "$BASE/registry/v3/system/info" >/dev/null || break
    sleep 1
done

register() { # ARTIFACT TYPE: prints the answer's ids
    curl -sf "$BASE/registry/v3/groups/default/artifacts?ifExists=FIND_OR_CREATE_VERSION" \
        -H 'Content-Type: application/json' -d "{\"artifactId\": \"$1\", \"artifactType\": \"AVRO\",
            \"firstVersion\": {\"content\": {\"content\": \"\\\"$2\\\"\", \"contentType\": \"application/json\"}}}" |
        python3 -c 'import json, sys
version = json.load(sys.stdin)["version"]
print("version {version} globalId {globalId} contentId {contentId}".format(**version))'
}

status=0
expect() { # WHAT SEEN EXPECTED
    printf '%-26s %s\n' "$1" "$2"
    [ "$2" = "$3" ] || {
        echo "expected $3"
        status=1
    }
}
echo "Apicurio Registry $(curl -sf "$BASE/registry/v3/system/info" | python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])')"
expect "a" "$(register a int)" "version 1 globalId 1 contentId 1"
expect "a again" "$(register a int)" "version 1 globalId 1 contentId 1"
expect "a a third time" "$(register a int)" "version 1 globalId 1 contentId 1"
expect "b" "$(register b long)" "version 1 globalId 2 contentId 4"
expect "c" "$(register c string)" "version 1 globalId 3 contentId 5"
expect "d" "$(register d bytes)" "version 1 globalId 4 contentId 6"
expect "global id 4" "$(curl -sf "$BASE/registry/v3/ids/globalIds/4")" '"bytes"'
expect "id 4, Confluent's interface" "$(curl -sf "$BASE/ccompat/v7/schemas/ids/4" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["schema"])')" '"long"'
exit "$status"
