# SPDX-License-Identifier: Apache-2.0
"""How soon readers of the live stream are told, and what idle ones cost."""
import json
import os
import re
import subprocess
import tempfile
import time

from parts import POLL_SECONDS, STALL_SECONDS, Database, Jobtrail, Wrong, make_topic, tool
from tokens import Issuer

JOBS_A_CLIENT = 5
BESIDES = 50  # connections


def measure_live(arguments, binary):
    with tempfile.TemporaryDirectory() as folder:
        issuer = Issuer(binary, folder)
        tokens = issuer.tokens("live", "Manager", "m", arguments.stream_clients)
        told = run_live(arguments, binary, issuer, tokens)
    print(f"live: {told['clients']:,} clients, {told['events']:,} events at {told['rate']:,} a"
          f" second, from an event's acknowledgement to its creator being told:"
          f" p50 {told['p50_ms']:.1f} ms, p90 {told['p90_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms,"
          f" max {told['max_ms']:.1f} ms; {told['messages_per_s']:,.0f} messages a second,"
          f" {told['never']} events never told, {told['resets']} resets; memory of jobtrail"
          f" {told['rss_without_mib']:.1f} MiB without clients, {told['rss_idle_mib']:.1f} with"
          f" all idle (+{told['rss_idle_mib'] - told['rss_without_mib']:.1f}),"
          f" {told['rss_busy_mib']:.1f} after the events (load {os.getloadavg()[0]:.1f})",
          flush=True)


def run_live(arguments, binary, issuer, tokens):
    clients = arguments.stream_clients
    program = tool(arguments, "bench/bench_live")
    connections = str(2 * clients + BESIDES)  # streams are three quarters of them at most
    with Database(os.environ["JOBTRAIL_POSTGRES_CONNINFO"]) as database:
        topic = make_topic(arguments)
        common = [program, "--topic", topic, "--clients", str(clients)]
        with Jobtrail(arguments, binary, topic, database, "project,http",
                      JOBTRAIL_HTTP_LISTEN="127.0.0.1:0", **issuer.settings(),
                      JOBTRAIL_HTTP_CONNECTIONS=connections,
                      JOBTRAIL_HTTP_CONNECTIONS_PER_ADDRESS=connections,
                      JOBTRAIL_HTTP_STREAMS_PER_ORGANIZATION=connections) as jobtrail:
            jobtrail.await_ready()
            subprocess.run([*common, "--create"], env=jobtrail.environment, check=True)
            await_jobs(database, jobtrail, clients * JOBS_A_CLIENT)
            port = re.search(r"http_port=(\d+)", jobtrail.logged())
            if not port:
                raise Wrong("the API's port is not in the log")
            output = subprocess.run([*common, "--port", port[1], "--tokens", tokens,
                                     "--pid", str(jobtrail.pid),
                                     "--rate", str(arguments.stream_rate),
                                     "--seconds", str(arguments.stream_seconds)],
                                    env=jobtrail.environment, check=True,
                                    stdout=subprocess.PIPE).stdout
    return json.loads(output)


def await_jobs(database, jobtrail, count):
    deadline = time.monotonic() + STALL_SECONDS
    while int(database.psql.one("select count(*) from jobtrail.job")) < count:
        jobtrail.check_alive()
        if time.monotonic() > deadline:
            raise Wrong("the jobs of the live stream's clients were not projected")
        time.sleep(POLL_SECONDS)
