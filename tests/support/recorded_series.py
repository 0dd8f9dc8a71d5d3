# SPDX-License-Identifier: Apache-2.0
"""What running processes tell Prometheus, recorded, and Prometheus's own judgement of it by our rules.

Values are those that were scraped, once a second. The rules see them as scraped every 30 seconds, the most
that they are written for: so a fault need not last for minutes, and what passes in seconds seems to last
longer than it does. A value that is a time itself, such as a lag, remains what it was."""
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from waiting import wait_until

RULES = pathlib.Path(__file__).parents[2] / "docs/operate/alerts.yaml"
SCRAPED_EVERY_S, TOLD_AS_S = 1, 30
EVER_FIRED = 'group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1d]))'


def selector(name, labels):
    return name + "{" + ",".join(f"{label}={json.dumps(value)}" for label, value in sorted(labels.items())) + "}"


def number(value):
    return str(int(value)) if value == int(value) else f"{value:.6f}"


class Recording:
    """Between start() and stop(); targets may be added meanwhile, and may end."""

    def __init__(self):
        self.targets, self.steps, self.checks = [], [], []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._record, daemon=True)

    def add(self, running):
        self.targets.append(running)
        return running

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join(30)

    def hold(self, steps):
        """Until so many more scrapes are done."""
        until = len(self.steps) + steps
        wait_until(lambda: len(self.steps) >= until, f"{steps} scrapes", 60 + 10 * steps)

    def told(self, name, **labels):
        """The values of a metric in the last scrape, of all targets."""
        wanted = labels.items()
        return [value for (each, has), value in (self.steps[-1] if self.steps else {}).items()
                if each == name and wanted <= set(has)]

    def expect(self, *alerts):
        """Up to now these alerts have fired, and no other one."""
        self.checks.append((len(self.steps), sorted(alerts)))

    def judge(self, folder):
        """Fails unless all that was expected is what Prometheus says."""
        self.stop()
        test = {"rule_files": [str(RULES)], "evaluation_interval": f"{TOLD_AS_S}s", "tests": [{
            "interval": f"{TOLD_AS_S}s",
            "input_series": [{"series": selector(name, dict(labels)), "values": " ".join(values)}
                             for (name, labels), values in self._series().items()],
            "promql_expr_test": [{
                "expr": EVER_FIRED, "eval_time": f"{max(steps - 1, 0) * TOLD_AS_S}s",
                "exp_samples": [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in alerts]}
                for steps, alerts in self.checks]}]}
        path = pathlib.Path(folder) / "recorded.json"
        path.write_text(json.dumps(test), encoding="utf-8")
        promtool("test", "rules", str(path))

    def _series(self):
        """{series: its value at each step}; one that is told no more goes stale, as Prometheus has it."""
        series = {}
        for place, step in enumerate(self.steps):
            for key, value in step.items():
                series.setdefault(key, ["_"] * place).append(number(value))
            for key, values in series.items():
                if len(values) == place:
                    values.append("stale" if values[-1] not in ("_", "stale") else "_")
        return series

    def _record(self):
        while not self.ended.is_set():
            began = time.monotonic()
            step = {}
            for target in list(self.targets):
                step.update(scraped(target))
            self.steps.append(step)
            self.ended.wait(max(0, SCRAPED_EVERY_S - (time.monotonic() - began)))


def scraped(running):
    """What a process tells, with the labels that Prometheus adds; nothing where it does not answer."""
    address = f"127.0.0.1:{running.port}"
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=SCRAPED_EVERY_S) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {(sample.name, (*sample.labels.items(), ("instance", address), ("job", "jobtrail"))): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def promtool(*arguments):
    done = subprocess.run([os.environ["DEV_PROMTOOL"], *arguments], capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
