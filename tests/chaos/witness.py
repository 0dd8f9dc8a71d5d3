# SPDX-License-Identifier: Apache-2.0
"""Asks each process all the time what it claims, and holds that against what the witness itself has sent:
probes, each a job, with the moment when the broker acknowledged it."""
import re
import threading
import time
from datetime import datetime

import requests
from confluent_kafka import Producer

from asking import created, now_us
from world import PARTITIONS, micros

ORGANIZATION = "org-p"
LAG = re.compile(r'^jobtrail_lag_events\{topic="([^"]+)",partition="(\d+)"\} (\d+)$', re.MULTILINE)
SINCE = re.compile(r"since (\d{4}-\d\d-\d\dT[\d:.]+Z)")
LAG_TELLS_LATE_S = 15  # so old may be what a process knows of a log's end
ASK_S = 5  # who does not answer within that time says nothing


class Witness:
    """Between start() and stop(). counts has how many statements of each kind were held against the truth."""

    def __init__(self, field):
        self.field = field
        self.sent = 0
        self.acknowledged = []  # moments, in microseconds
        self.counts = {"as of": 0, "total": 0, "lag of nothing": 0, "ready": 0, "reason": 0}
        self.is_ending = threading.Event()
        self.threads = [threading.Thread(target=self._send, daemon=True),
                        threading.Thread(target=self._hold_lag, daemon=True)] + [
                            threading.Thread(target=self._ask, args=(member,), daemon=True) for member in field.members]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.is_ending.set()
        for thread in self.threads:
            thread.join(60)

    def _send(self):
        """Probes, ten a second, to any partition of any topic. None is sent while a topic is made anew, for
        what is acknowledged and then deleted is nobody's."""
        producer = Producer({"bootstrap.servers": self.field.kafka.bootstrap, "enable.idempotence": True,
                             "linger.ms": 0})

        def on_delivery(error, _):
            if not error:
                self.acknowledged.append(now_us())

        while not self.is_ending.wait(0.1):
            with self.field.is_sending:
                topic = ("events", "more")[self.sent % 2]
                key, value, _ = created(f"probe-{self.sent:06d}", organization_id=ORGANIZATION)
                self.sent += 1
                producer.produce(self.field.world.topics[topic], value, key=key, on_delivery=on_delivery,
                                 partition=self.sent // 2 % PARTITIONS)
                producer.flush(60)
        producer.flush(60)

    def acknowledged_before(self, moment_us):
        return sum(1 for each in list(self.acknowledged) if each < moment_us)

    def _ask(self, member):
        while not self.is_ending.wait(0.2):
            try:
                self._hold_list(member)
                self._hold_readiness(member)
            except (requests.RequestException, OSError):
                pass  # says nothing

    def _hold_list(self, member):
        token = self.field.api.token("root", "Administrator", ORGANIZATION)
        answer = requests.get(f"http://127.0.0.1:{member.http_port}/organizations/{ORGANIZATION}/jobs?limit=1",
                              headers={"Authorization": f"Bearer {token}"}, timeout=ASK_S)
        if answer.status_code == 503:
            return
        if answer.status_code != 200:
            self.field.tell(f"a list is answered {answer.status_code}: {answer.text[:300]}")
            return
        matched, sent = answer.json()["numberMatched"], self.sent
        self.counts["total"] += 1
        if matched > sent:
            self.field.tell(f"{matched} jobs are told of {sent}")
        as_of = answer.headers.get("Jobtrail-As-Of")
        if as_of:
            self.counts["as of"] += 1
            least = self.acknowledged_before(micros(datetime.fromisoformat(as_of)))
            if matched < least:
                self.field.tell(f"{member.running.log.name}: as of {as_of}, {least} were acknowledged, {matched} told")

    def _hold_readiness(self, member):
        running = member.running
        status, text = running.get("/readyz")
        self.counts["ready" if status == 200 else "reason"] += 1
        for since in SINCE.findall(text):
            if micros(datetime.fromisoformat(since)) > now_us():
                self.field.tell(f"{running.log.name}: a reason since a moment to come: {text}")

    def _hold_lag(self):
        """All partitions have one owner each, and all of them say that nothing is behind: then nothing is."""
        while not self.is_ending.wait(1):
            least = self.acknowledged_before(now_us() - LAG_TELLS_LATE_S * 1_000_000)
            try:
                told = [place for member in self.field.members
                        for place in LAG.findall(member.running.get("/metrics")[1])]
                places = {(topic, int(number)) for topic, number, _ in told}
                if len(told) != len(places) or any(int(lag) for _, _, lag in told):
                    continue
                if places != set(self.field.positions()):
                    continue
                have = self.field.world.rows("select count(*) as n from jobtrail.job where organization_id = %s",
                                             (ORGANIZATION,))[0]["n"]
            except Exception:  # pylint: disable=broad-except
                continue  # somebody does not answer: nothing is claimed
            self.counts["lag of nothing"] += 1
            if have < least:
                self.field.tell(f"nothing is behind, they say; {least} were acknowledged {LAG_TELLS_LATE_S} s ago, "
                                f"{have} are there ({time.strftime('%H:%M:%S')})")
