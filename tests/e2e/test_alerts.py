# SPDX-License-Identifier: Apache-2.0
"""The alerting rules of docs/operate/alerts.yaml, judged by Prometheus's own tool over what real processes
told while a real fault lasted: each alert fires for its fault, no other one does, and none while all is well."""
import contextlib
import json
import re

import pytest
import yaml

import alert_rules
from asking import asked, created, now_us
from jobtrail_process import free_port, run_jobtrail
from live_stream import LiveStream
from needs import need
from own_kafka import OwnKafka
from own_postgres import OwnPostgres
from recorded_faults import FAULTS, Field, beside
from recorded_series import RULES, promtool
from stories import single_object, story
from test_cancel_tokens import tokens  # pylint: disable=unused-import
from waiting import wait_until
from world import World

ROOT = RULES.parents[2]
KAFKA_AWAY = ("JobtrailPartitionsMissing", "JobtrailReadsNothing")
POSTGRESQL_AWAY = ("JobtrailBehind", "JobtrailNobodyPublishes", "JobtrailPartitionStandsStill")


@pytest.fixture(name="field")
def fixture_field(migrated, tmp_path):
    need("DEV_PROMTOOL")
    mine = Field(migrated, tmp_path)
    yield mine
    mine.close()


@pytest.mark.early
@pytest.mark.parametrize("name", FAULTS)
def test_what_fires(field, tokens, name):  # pylint: disable=redefined-outer-name
    make, alerts = FAULTS[name]
    field.with_tokens = {option.replace(".", "__").replace("-", "_"): value for option, value in tokens.items()
                         if option.startswith(("auth.", "cancel."))}
    make(field)
    field.recording.expect(*alerts)
    field.recording.judge(field.folder)


@pytest.mark.early
def test_postgresql_goes_away(tmp_path):
    need("DEV_PROMTOOL", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    server = OwnPostgres().start()
    field = None
    try:
        field = Field(World(server.conninfo), tmp_path)
        run_jobtrail(field.world.settings(), "migrate")
        field.begin("--only", "project,cancel")
        server.stop()
        field.world.produce("events", story(7))
        field.wait_for("jobtrail_lag_seconds", 61)
        field.recording.hold(6)
        field.recording.expect(*POSTGRESQL_AWAY)
        field.recording.judge(tmp_path)
    finally:
        if field:
            server.start()
            field.close()
            field.world.close()
        server.remove()


@pytest.mark.early
def test_kafka_goes_away(tmp_path):
    need("DEV_PROMTOOL", "JOBTRAIL_POSTGRES_CONNINFO", "DEV_JOBTRAIL")
    cluster = OwnKafka(1)
    field = None
    try:
        cluster.start()
        field = Field(World(bootstrap=cluster.bootstrap), tmp_path)
        run_jobtrail(field.world.settings(), "migrate")
        field.begin("--only", "project,cancel")
        field.recording.hold(12)  # fewer than during most of the time before: that has to be longer
        cluster.brokers[0].freeze()
        wait_until(lambda: sum(field.recording.told("jobtrail_partitions")) == 0, "they have no partitions", 120)
        field.recording.hold(13)
        field.recording.expect(*KAFKA_AWAY)
        field.recording.judge(tmp_path)
    finally:
        cluster.brokers[0].thaw()
        if field:
            field.close()
            field.world.close()
        cluster.remove()


@pytest.mark.early
def test_none_fires_while_all_is_well(field):
    """Jobs run, are looked at and cancelled; some are refused; the process is replaced by another one."""
    running = field.begin(**field.serve_api())
    with all_is_well(field):
        field.recording.hold(20)
        port = free_port()
        newer = field.launch(**{**field.serve_api(), "http__listen": f"127.0.0.1:{port}"}).wait_ready()
    running.stop()
    field.api.port, field.api.root = port, f"http://127.0.0.1:{port}"
    with all_is_well(field):
        field.recording.hold(30)
    for name, labels in (("jobtrail_events_total", {"kind": "JobSucceeded"}), ("jobtrail_stream_messages_total", {}),
                         ("jobtrail_http_requests_total", {"route": "job", "status": "2xx"}),
                         ("jobtrail_relay_published_total", {"kind": "command"})):
        assert sum(field.recording.told(name, **labels)) > 0, name
    newer.stop()
    field.recording.expect()
    field.recording.judge(field.folder)
    assert [text for _, text in alert_rules.expressions(ROOT) for name, matchers in alert_rules.SELECTOR.findall(text)
            if not is_told(field.recording, name, matchers)] == []


@contextlib.contextmanager
def all_is_well(field):
    ada = field.api.member("ada")
    with contextlib.ExitStack() as meanwhile:
        meanwhile.callback(LiveStream(field.api, field.api.token("ada")).close)
        for work, every_s in ((lambda number: field.world.produce("events", story(number)), 0.1),
                              (lambda _: [ada.get(path) for path in ("/jobs", "/jobs/job-1", "/jobs/none")], 0.5),
                              (lambda number: obey_one(field.world, f"cancel-{number}"), 0.5)):
            meanwhile.enter_context(beside(work, every_s))
        yield


def obey_one(world, job):
    """A job that is cancelled by its creator, after somebody else tried."""
    world.produce("events", [created(job)])
    world.produce("cancel-requests", [asked(job, "bob"), asked(job)])
    command, = wait_until(lambda: world.rows("select command_id::text as id from jobtrail.cancel_command"
                                             " where job_id = %s", (job,)), "it is granted")
    world.produce("events", [single_object("JobCancelled", job_id=job, occurred_at=now_us(),
                                           command_id=command["id"])])


def is_told(recording, name, matchers):
    """Whether a selector finds any of what was told."""
    found = alert_rules.MATCHER.findall(matchers.replace("$job", "jobtrail"))
    judge = {"=": lambda has, value: has == value, "!=": lambda has, value: has != value,
             "=~": lambda has, value: re.fullmatch(value, has), "!~": lambda has, value: not re.fullmatch(value, has)}
    return any(each == name and all(judge[how](dict(labels).get(label, ""), value) for label, how, value in found)
               for step in recording.steps for each, labels in step)


def test_the_rules_are_rules_and_each_alert_has_its_fault():
    need("DEV_PROMTOOL")
    assert "SUCCESS" in promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
    seen = [KAFKA_AWAY, POSTGRESQL_AWAY, *(alerts for _, alerts in FAULTS.values())]
    assert {rule["alert"] for rule in alert_rules.rules(ROOT)} == {alert for alerts in seen for alert in alerts}


def test_the_dashboard_asks_what_prometheus_understands(tmp_path):
    need("DEV_PROMTOOL")
    board = json.loads((ROOT / alert_rules.PLACE / "dashboard.json").read_text(encoding="utf-8"))
    assert board["schemaVersion"] >= 39
    assert [each["type"] for each in board["templating"]["list"]] == ["datasource", "query"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(set(places)) == len(board["panels"])
    asked_for = [target["expr"].replace("$__rate_interval", "2m") for panel in alert_rules.panels(ROOT)
                 for target in panel["targets"]]
    path = tmp_path / "dashboard.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(asked_for)]}]}))
    assert f"SUCCESS: {len(asked_for)} rules found" in promtool("check", "rules", str(path))
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in alert_rules.panels(ROOT))
