#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds docs/operate/alerts.yaml, dashboard.json and alerts.md to the metrics that there are and to each other:
every metric and label they name is in the table of meters, every metric has its alert or a reason for
having none and is on the dashboard, and every alert has a section.

    alert_rules.py FOLDER      prints one line a fault and exits with 1 if there is any
"""
import json
import pathlib
import re
import sys

import yaml

METERS = "service/serve/process/meters.c"
PLACE = "docs/operate"

# Metrics for which no alert is needed, and why.
NO_ALERT = {
    "jobtrail_events_total": "how much comes is the services' affair; what is refused is a dead letter",
    "jobtrail_events_too_old_total": "what comes that late is the services' affair, and said in the log",
    "jobtrail_retention_removed_total": "how much has ended is the services' affair",
    "jobtrail_batch_events": "a size, which may be any",
    "jobtrail_batch_rows": "a size, which may be any",
    "jobtrail_rows_cached": "bounded by cache.bytes",
    "jobtrail_cache_bytes": "bounded by cache.bytes",
    "jobtrail_queue_bytes": "bounded by queue.bytes; what waits too long there is behind",
    "jobtrail_partitions_started": "one that is not started for long stands still, and is failing",
    "jobtrail_cancel_command_seconds": "seen when it is over; what waits to be published is in the outbox",
    "jobtrail_commands_open": "they may still be answered",
    "jobtrail_stream_clients": "how many look is their affair",
    "jobtrail_stream_messages_total": "how much is told depends on who looks",
    "jobtrail_stream_resets_total": "a reader who was away for long looks anew, which is as it should be",
    "jobtrail_stream_ended_total": "a token's end, or a reader whose own connection is too slow",
}
# What Prometheus adds by itself, and its own series.
ADDED_LABELS = {"job", "instance"}
NAME = re.compile(r"\bjobtrail_\w+")
SELECTOR = re.compile(r"\b(jobtrail_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPING = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")


def metrics(root):
    """{name: (its labels, whether it is a histogram)} of the table, and what the same file writes itself."""
    text = (root / METERS).read_text(encoding="utf-8")
    found = {}
    for row in re.split(r"\n    \[METER_\w+\] = ", text)[1:]:
        row = row.split("\n};")[0]
        name = re.search(r'\.name = "(\w+)"', row)[1]
        found[name] = (set(re.findall(r'\{"(\w+)",', row)), "METRIC_HISTOGRAM" in row)
    for name in re.findall(r'metrics_write_family\(out, "(\w+)"', text):
        found[name] = ({"version"} if name == "jobtrail_build_info" else {"topic", "partition"}, False)
    return found


def samples(known):
    """{name of a sample: (the metric, its labels)}."""
    named = {}
    for name, (labels, is_histogram) in known.items():
        for suffix in ("_bucket", "_sum", "_count") if is_histogram else ("",):
            named[name + suffix] = (name, labels | ({"le"} if suffix == "_bucket" else set()))
    return named


def rules(root):
    groups = yaml.safe_load((root / PLACE / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels(root):
    board = json.loads((root / PLACE / "dashboard.json").read_text(encoding="utf-8"))
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions(root):
    """(where, expression) of all alerts and panels."""
    for rule in rules(root):
        yield rule["alert"], rule["expr"]
    for panel in panels(root):
        for target in panel["targets"]:
            yield f"panel {panel['id']} ({panel['title']})", target["expr"]


def used(known, found):
    """The metrics that expressions name."""
    named = samples(known)
    return {named[name][0] for expression in found for name in NAME.findall(expression) if name in named}


def expression_faults(known, where, expression):
    named, labels = samples(known), set(ADDED_LABELS)
    for name, matchers in SELECTOR.findall(expression):
        if name not in named:
            yield f"{where}: there is no metric {name}"
            continue
        labels |= named[name][1]
        for label, _, _ in MATCHER.findall(matchers):
            if label not in named[name][1] | ADDED_LABELS:
                yield f"{where}: {name} has no label {label}"
    for group in GROUPING.findall(expression):
        for label in re.findall(r"\w+", group):
            if label not in labels:
                yield f"{where}: nothing in it has a label {label}"


def rule_faults(root):
    page = (root / PLACE / "alerts.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (Jobtrail\w+)$", page, re.MULTILINE)
    names = [rule["alert"] for rule in rules(root)]
    if sections != names:
        yield f"{PLACE}/alerts.md: its sections are not the alerts in their order: {sorted({*sections} ^ {*names})}"
    for rule in rules(root):
        name, annotations = rule["alert"], rule.get("annotations", {})
        if annotations.get("runbook_url") != f"alerts.md#{name.lower()}":
            yield f"{name}: its runbook_url is not alerts.md#{name.lower()}"
        if not annotations.get("summary"):
            yield f"{name}: it has no summary"
        if rule.get("labels", {}).get("severity") not in ("critical", "warning", "info"):
            yield f"{name}: its severity is none of critical, warning, info"


def coverage_faults(root, known):
    alerted = used(known, [rule["expr"] for rule in rules(root)])
    shown = used(known, [target["expr"] for panel in panels(root) for target in panel["targets"]])
    for name in sorted(known):
        if name not in alerted | NO_ALERT.keys():
            yield f"{name} has no alert, and no reason in {pathlib.Path(__file__).name} for having none"
        if name in alerted and name in NO_ALERT:
            yield f"{name} has an alert, and a reason for having none"
        if name not in shown:
            yield f"{name} is not on the dashboard"
    for name in sorted(NO_ALERT.keys() - known.keys()):
        yield f"there is no metric {name}, which has a reason for having no alert"


def faults(root):
    known = metrics(root)
    for where, expression in expressions(root):
        yield from expression_faults(known, where, expression)
    yield from rule_faults(root)
    yield from coverage_faults(root, known)


def main():
    found = list(faults(pathlib.Path(sys.argv[1])))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
