# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The Debian packages each purpose needs; only what is missing is installed.

declare -rA PACKAGES=(
    [build]="gcc libc6-dev cmake ninja-build pkg-config librdkafka-dev libavro-dev libpq-dev
        libcurl4-openssl-dev libjansson-dev libinih-dev libmicrohttpd-dev libcjose-dev
        libssl-dev zlib1g-dev uthash-dev python3 python3-yaml"
    [unit]="libcmocka-dev python3 postgresql valgrind"
    [run]="postgresql"
    [kafka]="default-jre-headless maven"
    [test]="g++ default-jdk-headless maven python3 python3-venv iproute2 spin pgbouncer
        curl nginx-light caddy haproxy"
    [package]="dpkg-dev file"
    [inspect]="lintian mandoc man-db debootstrap buildah systemd systemd-container zsh fish curl abigail-tools"
    [node]="nodejs npm"
    [browser]="chromium"
    [lint]="git python3 clang clang-tidy clang-format libclang-rt-dev gcovr shellcheck"
)

help_install() {
    cat <<'TEXT'
Usage: ./dev install [GROUP ...]

Installs the Debian packages that are missing, as root or with sudo. Groups (default all):

  build   compiler, libraries     run    PostgreSQL
  kafka   Java and Maven          unit   what the C tests are built with
  lint    analysers               test   what all tests need besides
  node    Node.js and npm         browser  Chromium, for the tests of the Jobs page
  package what makes the package  inspect  what it, man pages, completion and the library are
                                  tested with
TEXT
}

cmd_install() {
    if [ $# -eq 0 ]; then
        install_groups build run kafka unit test package inspect lint browser
        node_possible || die "Node.js and npm are missing"
    else
        install_groups "$@"
    fi
}

# packages_missing GROUP ...: prints those not installed.
packages_missing() {
    local group name
    for group in "$@"; do
        for name in ${PACKAGES[$group]}; do
            [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
                printf '%s\n' "$name"
        done
    done | sort -u
}

# install_groups GROUP ...: fails, having said what to do, when it cannot.
install_groups() {
    local group missing
    for group in "$@"; do
        [ -n "${PACKAGES[$group]-}" ] || die "there is no group '$group'; see ./dev install --help"
    done
    if ! have dpkg-query; then
        say "this is no Debian: I trust that what is needed is there"
        return 0
    fi
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    install_packages "${missing[@]}"
}

# install_try GROUP ...: for what can be done without.
install_try() { (install_groups "$@"); }

install_packages() {
    local as=()
    if ! as_root; then
        as=(sudo)
        if ! have sudo || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            say "missing packages; as root: apt-get install --no-install-recommends $*"
            exit 1
        fi
    fi
    say "installing $*"
    postgres_autostart_off "${as[@]}"
    if ! apt_get "${as[@]}" -- update || ! apt_get "${as[@]}" -- install "$@"; then
        say "could not install; as root: apt-get install --no-install-recommends $*"
        exit 1
    fi
    postgres_autostart_back "${as[@]}"
    proxies_stop "$@" -- "${as[@]}"
}

# proxies_stop PACKAGE ... -- [sudo]: Debian starts them on ports of everybody's; tests start their own.
proxies_stop() {
    local names=()
    while [ "$1" != -- ]; do
        case $1 in nginx-light) names+=(nginx) ;; caddy | haproxy) names+=("$1") ;; esac
        shift
    done
    shift
    [ ${#names[@]} -eq 0 ] || [ ! -d /run/systemd/system ] || "$@" systemctl disable --now "${names[@]}" >&2
}

# apt_get [sudo] -- ARGUMENT ...: sudo may have to ask, so it keeps the terminal.
apt_get() {
    local as=()
    while [ "$1" != -- ]; do
        as+=("$1")
        shift
    done
    shift
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o Dpkg::Use-Pty=0 "$@" >&2
}

# Debian's package would make a cluster of its own and start it; ours are private.
readonly AUTOSTART_OFF=/etc/postgresql-common/createcluster.d/jobtrail-dev.conf
postgres_autostart_off() {
    [ ! -d /usr/lib/postgresql ] || return 0
    "$@" mkdir -p "${AUTOSTART_OFF%/*}"
    echo 'create_main_cluster = false' | "$@" tee "$AUTOSTART_OFF" >/dev/null
}
postgres_autostart_back() {
    [ ! -f "$AUTOSTART_OFF" ] || "$@" rm -f "$AUTOSTART_OFF"
}
