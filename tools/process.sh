# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Talking to the user, and starting and ending processes: by process id, whole process
# groups, never by name. A pid file holds the id and the time the kernel says the process
# was born, so that a number used again by a stranger is never signalled.

say() { printf '%s\n' "$*" >&2; }
die() {
    say "dev: $*"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
as_root() { [ "$(id -u)" -eq 0 ]; }

RUNNING=   # process group of the foreground command of run()
INSTANCE=  # folder of the servers being started or stopped
TEMPORARY= # folder of servers that must not outlive this script

# process_born PID: prints the start time of a process that runs, fails for one that does not.
process_born() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    # What precedes the last bracket is the command's name, which may hold anything.
    read -r -a stat <<<"${stat##*) }"
    [ "${stat[0]}" != Z ] || return 1
    printf '%s\n' "${stat[19]}"
}

# process_start NAME COMMAND ...: in the background, in a session of its own.
# Output goes to $INSTANCE/NAME.log, identity to $INSTANCE/NAME.pid.
process_start() {
    local name=$1
    shift
    setsid "$@" </dev/null >>"$INSTANCE/$name.log" 2>&1 &
    printf '%s %s\n' "$!" "$(process_born $! || echo gone)" >"$INSTANCE/$name.pid"
    disown
}

# process_alive NAME: whether what process_start started still runs.
process_alive() {
    local pid born
    [ -f "$INSTANCE/$1.pid" ] || return 1
    read -r pid born <"$INSTANCE/$1.pid"
    [ "$(process_born "$pid")" = "$born" ]
}

# process_signal NAME SIGNAL: to its whole group.
process_signal() {
    local pid
    process_alive "$1" || return 0
    read -r pid _ <"$INSTANCE/$1.pid"
    kill -s "$2" -- "-$pid" 2>/dev/null || kill -s "$2" "$pid" 2>/dev/null || true
}

# process_await_end NAME SECONDS: waits, then insists.
process_await_end() {
    local tries=$(($2 * 20))
    while process_alive "$1" && [ "$tries" -gt 0 ]; do
        sleep 0.05
        tries=$((tries - 1))
    done
    process_signal "$1" KILL
    rm -f "$INSTANCE/$1.pid"
}

# process_log_tail NAME: the last lines, for an error message.
process_log_tail() { tail -n 15 "$INSTANCE/$1.log" >&2 || true; }

# run COMMAND ...: waits for it, and takes it along when this script is interrupted.
run() {
    local status=0
    setsid "$@" </dev/null &
    RUNNING=$!
    wait "$RUNNING" || status=$?
    RUNNING=
    return "$status"
}

# End of the script, however it came: what must not outlive it goes.
process_end_all() {
    local status=$?
    trap '' INT TERM HUP
    beside_end
    if [ -n "$RUNNING" ]; then
        kill -s TERM -- "-$RUNNING" 2>/dev/null || true
        # Another ./dev has servers to stop.
        local tries=1200
        while kill -s 0 -- "-$RUNNING" 2>/dev/null && [ "$tries" -gt 0 ]; do
            sleep 0.05
            tries=$((tries - 1))
        done
        kill -s KILL -- "-$RUNNING" 2>/dev/null || true
    fi
    if [ -n "$TEMPORARY" ]; then
        servers_stop "$TEMPORARY"
    fi
    exit "$status"
}

# http_status PORT PATH: prints the status of the loopback's answer, or nothing.
http_status() {
    local line=
    {
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
        read -r -t 2 line <&3 || true
        exec 3>&-
    } 2>/dev/null || return 0
    read -r _ line _ <<<"$line"
    printf '%s\n' "$line"
}

# await_http NAME SECONDS PORT PATH: until the process NAME answers with 200.
await_http() {
    local tries=$(($2 * 10))
    while [ "$tries" -gt 0 ] && process_alive "$1"; do
        [ "$(http_status "$3" "$4")" != 200 ] || return 0
        tries=$((tries - 1))
        sleep 0.1
    done
    process_log_tail "$1"
    return 1
}

# port_answers PORT: whether somebody listens there on the loopback.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port: a port of the loopback that nobody listens on, below the range the kernel
# hands out by itself. Another may take it first: whoever starts a server on it tries again.
free_port() {
    local port tries=100
    while [ "$tries" -gt 0 ]; do
        port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
        if ! port_answers "$port"; then
            printf '%s\n' "$port"
            return 0
        fi
        tries=$((tries - 1))
    done
    die "no free port found on 127.0.0.1"
}
