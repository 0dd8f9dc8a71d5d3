# SPDX-License-Identifier: Apache-2.0
"""A Kafka cluster of one test's own, of several brokers behind links, which a test can slow down, cut,
freeze, kill and start again."""
import base64
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from confluent_kafka.admin import (AclBinding, AclOperation, AclPermissionType, AdminClient, ResourcePatternType,
                                   ResourceType)

from jobtrail_process import free_port
from link import Link
from needs import need
from waiting import wait_until

SETTINGS = """
process.roles={roles}
node.id={node}
controller.quorum.voters=1@127.0.0.1:{controller}
listeners={listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},LINK://127.0.0.1:{link}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,LINK:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor={replicas}
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
"""


class Broker:
    """One of a cluster; the first one is its controller, too. Who comes by the link is told to come that
    way again, and stays behind it."""

    def __init__(self, node, controller, replicas, classpath, settings, properties):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jobtrail-kafka-"))
        self.classpath, self.properties = classpath, properties
        self.port, linked = free_port(), free_port()
        self.link = Link(linked).start()
        listeners = f"PLAINTEXT://127.0.0.1:{self.port},LINK://127.0.0.1:{linked}"
        if node == 1:
            listeners += f",CONTROLLER://127.0.0.1:{controller}"
        self.file = self.folder / "server.properties"
        self.file.write_text(SETTINGS.format(
            roles="broker,controller" if node == 1 else "broker", node=node, controller=controller,
            listeners=listeners, port=self.port, link=self.link.port, folder=self.folder, replicas=replicas)
            + settings, encoding="ascii")
        self.process = None

    def java(self, *arguments):
        return ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *self.properties, "-cp", self.classpath, *arguments]

    def format(self, cluster_id):
        subprocess.run(self.java("-Xmx256m", "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", self.file),
                       check=True, capture_output=True)

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                self.java("-Xmx512m", "kafka.Kafka", self.file), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, cwd=self.folder)

    def kill(self):
        """As a host does that loses its power."""
        self.process.kill()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        if self.process:
            self.kill()
        self.link.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class OwnKafka:
    """Between start() and remove(). bootstrap leads straight to the brokers, linked through their links."""

    def __init__(self, brokers=2, settings="", properties=()):
        """settings: lines besides those that every test's has; properties: of the Java machine, as -Dname=value."""
        controller, classpath = free_port(), need("DEV_KAFKA_CLASSPATH")[0]
        self.brokers = [Broker(node + 1, controller, brokers, classpath, settings, properties)
                        for node in range(brokers)]
        # 16 bytes in URL-safe base64 without padding; a first byte of 0 is no '-'.
        cluster_id = base64.urlsafe_b64encode(b"\0" + os.urandom(15)).decode().rstrip("=")
        for broker in self.brokers:
            broker.format(cluster_id)
        self.bootstrap = ",".join(f"127.0.0.1:{broker.port}" for broker in self.brokers)
        self.linked = ",".join(f"127.0.0.1:{broker.link.port}" for broker in self.brokers)

    def start(self):
        for broker in self.brokers:
            broker.start()
        return self.await_all()

    def await_all(self):
        """Until all brokers are members of the cluster."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        wait_until(lambda: len(admin.list_topics(timeout=5).brokers) == len(self.brokers), "all brokers are there", 120)
        return self

    def allow(self, principal, topic):
        """Lets somebody write a topic, where the cluster has an authorizer."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        for future in admin.create_acls([AclBinding(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, principal,
                                                    "*", AclOperation.WRITE, AclPermissionType.ALLOW)]).values():
            future.result(30)

    def remove(self):
        for broker in self.brokers:
            broker.remove()
