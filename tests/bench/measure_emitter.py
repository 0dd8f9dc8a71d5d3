# SPDX-License-Identifier: Apache-2.0
"""What libjobtrail's emitter costs who calls it and brings into Kafka, by turns with librdkafka alone."""
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

from parts import make_topic, tool

WAYS = ("librdkafka", "emitter", "with a spool")


def measure_emitter(arguments):
    print(f"emitter: {arguments.events:,} events from one thread, on {os.cpu_count()} cores together with Kafka, by turns"
          f" with librdkafka alone, which sends one value again and again. Medians of {arguments.rounds}.")
    print(f"{'':14}{'events/s':>10}{'p50 ns':>9}{'p99 ns':>9}{'load':>7}", flush=True)
    rounds = {way: [] for way in WAYS}
    for _ in range(arguments.rounds):
        for way, results in rounds.items():
            results.append(once(arguments, way))
    for way, results in rounds.items():
        median = {key: statistics.median(each[key] for each in results) for key in results[0]}
        print(f"{way:14}{median['rate']:>10,.0f}{median['p50_ns']:>9.0f}{median['p99_ns']:>9.0f}"
              f"{os.getloadavg()[0]:>7.1f}", flush=True)


def once(arguments, way):
    with tempfile.TemporaryDirectory() as folder:
        more = {"librdkafka": ["--plain"], "emitter": [], "with a spool": ["--spool", pathlib.Path(folder) / "spool"]}
        return json.loads(subprocess.run(
            [tool(arguments, "bench/bench_emitter"), "--topic", make_topic(arguments),
             "--events", str(arguments.events), *more[way]], check=True, stdout=subprocess.PIPE).stdout)
