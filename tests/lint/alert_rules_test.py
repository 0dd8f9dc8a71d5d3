#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that alert_rules.py finds each kind of fault, in a small tree made to be sound and then to have one."""
import json
import pathlib
import tempfile
import unittest
from unittest import mock

import alert_rules

METERS = """
static const struct metric_definition definitions[METERS] = {
    [METER_FAILURES] = {.name = "jobtrail_failures_total",
                        .labels = {{"kind", KINDS, kind_label}}},
    [METER_SECONDS] = {.name = "jobtrail_seconds",
                       .type = METRIC_HISTOGRAM},
};

    metrics_write_family(out, "jobtrail_lag_seconds", METRIC_GAUGE, "Lag.");
"""
RULES = """
groups:
  - name: jobtrail
    rules:
      - alert: JobtrailFails
        expr: sum by (job, kind) (increase(jobtrail_failures_total{kind="one"}[5m])) > 0
        labels: {severity: warning}
        annotations: {summary: It fails., runbook_url: alerts.md#jobtrailfails}
      - alert: JobtrailBehind
        expr: max by (topic) (jobtrail_lag_seconds) > 60
        labels: {severity: critical}
        annotations: {summary: It is behind., runbook_url: alerts.md#jobtrailbehind}
"""
PAGE = "# Alerts\n\n## JobtrailFails\n\nMend it.\n\n## JobtrailBehind\n\nWait.\n"
SHOWN = ("jobtrail_failures_total", "jobtrail_lag_seconds", "sum by (le) (rate(jobtrail_seconds_bucket[5m]))")


def board(shown):
    return json.dumps({"panels": [{"id": 1, "type": "stat", "title": "All",
                                   "targets": [{"expr": expression} for expression in shown]}]})


class Faults(unittest.TestCase):
    """Each in a tree of its own."""

    def found(self, meters=METERS, rules=RULES, page=PAGE, shown=SHOWN, no_alert=("jobtrail_seconds",)):
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.dict(alert_rules.NO_ALERT, dict.fromkeys(no_alert, "so it is"), clear=True):
            root = pathlib.Path(folder)
            for path, text in ((alert_rules.METERS, meters), ("docs/operate/alerts.yaml", rules),
                               ("docs/operate/alerts.md", page), ("docs/operate/dashboard.json", board(shown))):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            return list(alert_rules.faults(root))

    def test_a_sound_tree_has_none(self):
        self.assertEqual(self.found(), [])

    def test_each_kind(self):
        for words, tree in (
                ("there is no metric jobtrail_failure_total", {"rules": RULES.replace("failures", "failure")}),
                ("there is no metric jobtrail_seconds", {"shown": (*SHOWN, "jobtrail_seconds")}),
                ("jobtrail_failures_total has no label sort", {"rules": RULES.replace('kind="one"', 'sort="one"')}),
                ("nothing in it has a label place", {"rules": RULES.replace("(topic)", "(place)")}),
                ("jobtrail_seconds has no alert", {"no_alert": ()}),
                ("has an alert, and a reason", {"no_alert": ("jobtrail_seconds", "jobtrail_lag_seconds")}),
                ("there is no metric jobtrail_gone", {"no_alert": ("jobtrail_seconds", "jobtrail_gone")}),
                ("jobtrail_lag_seconds is not on the dashboard", {"shown": (SHOWN[0], SHOWN[2])}),
                ("its sections are not the alerts", {"page": PAGE.replace("## JobtrailFails", "## JobtrailFailed")}),
                ("its runbook_url is not", {"rules": RULES.replace("#jobtrailfails", "#fails")}),
                ("it has no summary", {"rules": RULES.replace("summary: It fails., ", "")}),
                ("its severity is none", {"rules": RULES.replace("severity: warning", "severity: loud")})):
            found = self.found(**tree)
            self.assertTrue(any(words in fault for fault in found), f"{words}: {found}")


if __name__ == "__main__":
    unittest.main()
