# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# ./dev demo: jobtrail at work, from nothing.

help_demo() {
    cat <<'TEXT'
Usage: ./dev demo [--embedded] [--rate N] [--port N]

Installs what is missing, builds, starts a private PostgreSQL and Apache Kafka and jobtrail,
emits a stream of made-up jobs that obey cancel commands, and says where to look: among it the Jobs
page, with a small issuer at which one can be any of four members. Ctrl-C stops all of it; nothing
stays but the folder .dev (and what was downloaded, in the cache folder).

  --embedded   without Kafka and Java: a small program that only plays Kafka and forgets
  --rate N     events a second (default 20)
  --port N     where the page is; the issuer is on the next one (default 8080, or others where those
               are taken)
TEXT
}

cmd_demo() {
    local embedded=no rate=20 port="" instance=$ROOT/.dev/demo jobtrail=$ROOT/build/release/jobtrail
    while [ $# -gt 0 ]; do
        case $1 in
        --embedded) embedded=yes ;;
        --rate)
            [[ ${2:-} =~ ^[0-9]+$ ]] || die "--rate needs a number"
            rate=$2
            shift
            ;;
        --port)
            [[ ${2:-} =~ ^[1-9][0-9]{1,4}$ && $2 -lt 65535 ]] || die "--port needs a number below 65535"
            port=$2
            shift
            ;;
        *) die "demo does not know '$1'; see ./dev demo --help" ;;
        esac
        shift
    done
    INSTANCE=$instance
    if servers_run; then die "a demo of this checkout runs already"; fi
    install_groups build run
    [ "$embedded" = yes ] || have java || install_try kafka || true
    say "building"
    build_binary
    run cmake --build build/release --target local_issuer >&2 || die "the issuer does not build"
    say "starting the servers"
    servers_start "$instance" no "$embedded"
    # shellcheck disable=SC2034 # process_end_all stops what is in it
    TEMPORARY=$instance
    # shellcheck source=/dev/null
    . "$instance/env"
    demo_start "$jobtrail" "$rate" "$port"
    demo_tell
    demo_watch "$jobtrail"
}

# demo_start JOBTRAIL RATE PORT
demo_start() {
    local port
    port=$(free_port)
    export JOBTRAIL_ADMIN_LISTEN=127.0.0.1:$port
    # Whoever can write to this Kafka, on the loopback, is trusted to say who they are.
    export JOBTRAIL_CANCEL_REQUESTS_AUTHENTICATION=topic-acl
    run "$1" migrate >"$INSTANCE/migrate.log" 2>&1 || {
        cat "$INSTANCE/migrate.log" >&2
        die "the database could not be migrated"
    }
    demo_page_start "$3"
    process_start jobtrail "$1" serve
    await_http jobtrail 30 "$port" /readyz || die "jobtrail does not get ready"
    # Few members, so that each has jobs; many jobs at once, so that each lasts.
    process_start emit "$1" emit --simulate 0 --rate "$2" --disorder 5 --organizations 2 \
        --members 4 --running 80 --cancel-requests 5
}

# demo_ports PORT: sets HTTP_PORT and ISSUER_PORT, always the same so that an address can be kept, and
# a tunnel told. PORT: the one that somebody wants; "": none.
demo_ports() {
    HTTP_PORT=${1:-8080}
    ISSUER_PORT=$((HTTP_PORT + 1))
    if port_answers "$HTTP_PORT" || port_answers "$ISSUER_PORT"; then
        [ -z "$1" ] || die "port $1 or the one behind it is taken"
        say "port 8080 or 8081 is taken: others are used"
        HTTP_PORT=$(free_port)
        ISSUER_PORT=$(free_port)
    fi
}

# demo_page_start PORT: the HTTP API and the Jobs page on, and the issuer whose tokens they take.
# organization-01 and its members are those of the made-up jobs.
demo_page_start() {
    demo_ports "$1"
    export JOBTRAIL_HTTP_LISTEN=127.0.0.1:$HTTP_PORT
    export JOBTRAIL_AUTH_ISSUER=http://127.0.0.1:$ISSUER_PORT JOBTRAIL_AUTH_AUDIENCE=jobtrail
    export JOBTRAIL_AUTH_JWKS=$JOBTRAIL_AUTH_ISSUER/jwks JOBTRAIL_PAGE_CLIENT_ID=jobs
    process_start issuer "$ROOT/build/release/tests/support/issuer/local_issuer" \
        --listen "127.0.0.1:$ISSUER_PORT" --page "http://$JOBTRAIL_HTTP_LISTEN" \
        --client-id jobs --audience jobtrail \
        --member 'Administrator:member-01-001:organization-01:Alice Martin' \
        --member 'Manager:member-01-002:organization-01:Ben Keller' \
        --member 'Manager:member-01-003:organization-01:Chloé Dubois' \
        --member 'User:member-01-004:organization-01:Dan Novak'
    await_http issuer 10 "$ISSUER_PORT" /jwks || die "the issuer does not start"
}

demo_query() {
    printf 'select %s from jobtrail.job order by updated_at desc, job_id limit 15' \
        'type, status, progress, left(message, 48) as message, created_at::time(0) as created'
}

# demo_job_of REQUESTER: a command that prints the flags that name a running job and who asks.
# None of the made-up names needs quoting.
demo_job_of() {
    printf '%s/psql -XAt -d "%s" -c "%s"' "$(postgres_bin)" "\$JOBTRAIL_POSTGRES_CONNINFO" \
        "select concat_ws(' ', '--organization', organization_id, '--job', job_id, '--requester', \
$1) from jobtrail.job where status = 'running' and cancellable order by updated_at desc limit 1"
}

demo_psql() {
    "$(postgres_bin)/psql" -X -P pager=off -d "$JOBTRAIL_POSTGRES_CONNINFO" "$@"
}

demo_tell() {
    local tries=300
    until [ "$(demo_psql -Atc 'select count(*) >= 15 from jobtrail.job' 2>/dev/null)" = t ]; do
        demo_alive
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "no jobs appear, see $INSTANCE/jobtrail.log"
        sleep 0.1
    done
    demo_psql -c "$(demo_query)"
    cat <<TEXT
Jobs come and go. Watch them in a browser:

  $(demo_page)

From another machine, through  ssh -L $HTTP_PORT:127.0.0.1:$HTTP_PORT -L $ISSUER_PORT:127.0.0.1:$ISSUER_PORT $(id -un)@$(hostname)

Only its creator can cancel a job. See for yourself: sign in as Ben Keller, a manager, who sees his
own jobs; cancel one that runs (the menu at the end of its row). Sign out, and in again as Alice
Martin, the administrator, who sees the jobs of all: at Ben's the menu says why it is not for her.
Chloé Dubois, a manager too, does not see Ben's at all, and Dan Novak, a user, sees none.

Or as a member in another terminal. "login" shows an address and a code: open it, and choose who you are.

  export JOBTRAIL_URL=http://$JOBTRAIL_HTTP_LISTEN PATH="$ROOT/build/release:\$PATH"
  jobtrail login
  jobtrail list --status running
  jobtrail watch "\$(jobtrail list --status running --limit 1 | awk 'NR == 2 {print \$1}')"
  jobtrail list --follow
  curl -H "Authorization: Bearer \$(jobtrail token print)" "\$JOBTRAIL_URL/organizations/organization-01/jobs?status=running"
  jobtrail logout

To see a job of your own program there (README, "Emit from a service"), tell it of this Kafka:

  bootstrap.servers  $JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS
  organization       organization-01
  creator            member-01-002 for Ben Keller, member-01-001 for Alice Martin

Or as the operator, in SQL:

  echo "$(demo_query) \\watch 1" |
    $(postgres_bin)/psql -d "$JOBTRAIL_POSTGRES_CONNINFO"

Ask for a job to be cancelled: as its creator, which is granted, then as somebody else, which is
refused; and see what comes of it.

  . ${INSTANCE@Q}/env
  build/release/jobtrail emit --cancel-requested \$($(demo_job_of creator_id))
  build/release/jobtrail emit --cancel-requested \$($(demo_job_of "'somebody-else'"))
  build/release/jobtrail cancellations list --follow

  metrics     http://$JOBTRAIL_ADMIN_LISTEN/metrics
  settings    . ${INSTANCE@Q}/env      then build/release/jobtrail --help
  logs        $INSTANCE/jobtrail.log

Ctrl-C stops everything.
TEXT
}

demo_page() { printf 'http://%s/organizations/organization-01' "$JOBTRAIL_HTTP_LISTEN"; }

demo_alive() {
    local name
    for name in postgres kafka issuer jobtrail emit; do
        if ! process_alive "$name"; then
            process_log_tail "$name"
            die "$name has ended by itself"
        fi
    done
}

# demo_watch JOBTRAIL
demo_watch() {
    local is_told=no
    while true; do
        demo_alive
        if [ "$is_told" = no ] && demo_cancellations "$1"; then is_told=yes; fi
        sleep 1
    done
}

# demo_cancellations JOBTRAIL: once there are a request that was refused and one that led to a
# cancelled job, what came of both.
demo_cancellations() {
    local refused honoured
    refused=$(demo_request refused)
    honoured=$(demo_request honoured)
    [ -n "$refused" ] && [ -n "$honoured" ] || return 1
    printf '\nMeanwhile members asked for jobs to be cancelled:\n\n'
    "$1" cancellations list --limit 10
    printf '\nFrom a request to a cancelled job:\n\n'
    "$1" cancellations show "$honoured"
    printf '\nA request that was refused:\n\n'
    "$1" cancellations show "$refused"
    printf '\nThe page is at  %s\nCtrl-C stops everything.\n' "$(demo_page)"
}

# demo_request OUTCOME: the id of the newest with that outcome, if any.
demo_request() {
    demo_psql -Atc "select max(id) from jobtrail.cancellation where outcome = '$1'"
}
