# SPDX-License-Identifier: Apache-2.0
"""A Kafka of one test's own that is secured as those of others are: TLS, members by SCRAM, by a token or by a
certificate, and an authorizer. The test itself is the super user, by a listener of its own."""
import base64
import json
import pathlib
import re
import shlex
import shutil
import tempfile
import time

import confluent_kafka
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient,
                                   ResourcePatternType, ResourceType, ScramCredentialInfo, ScramMechanism,
                                   UserScramCredentialUpsertion)
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from certificates import Authority
from jobtrail_process import free_port
from own_kafka import OwnKafka
from waiting import wait_until

SETTINGS = """
listeners=PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},MUTUAL://127.0.0.1:{mutual}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.both
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.mutual.ssl.client.auth=required
listener.name.mutual.ssl.principal.mapping.rules=RULE:^CN=(.*)$/$1/
sasl.enabled.mechanisms=SCRAM-SHA-512,OAUTHBEARER
listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule \
required;
listener.name.sasl.oauthbearer.sasl.server.callback.handler.class=\
org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.sasl.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=file://{folder}/jwks.json
listener.name.sasl.oauthbearer.sasl.oauthbearer.expected.audience=kafka
listener.name.sasl.oauthbearer.sasl.oauthbearer.expected.issuer=https://issuer.example.org
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
connections.max.reauth.ms={session_ms}
"""
WAYS = ("scram", "oauth", "certificate")


class SecuredKafka(OwnKafka):
    """Between start() and remove(). client() says how jobtrail connects as a member."""

    def __init__(self, session_ms=0):
        """session_ms: after so long a member that came by SCRAM or token must prove itself again; 0: never."""
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="jobtrail-keys-"))
        super().__init__(brokers=1, properties=[
            f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://{self.files}/jwks.json",
            f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.files={self.files}/jwks.json"])
        [broker] = self.brokers
        text = broker.file.read_text(encoding="ascii")
        controller = re.search(r"CONTROLLER://127.0.0.1:(\d+)", text)[1]
        self.sasl, self.mutual = free_port(), free_port()
        broker.file.write_text(text + SETTINGS.format(
            plain=broker.port, sasl=self.sasl, mutual=self.mutual, controller=controller, folder=self.files,
            session_ms=session_ms), encoding="ascii")
        self.authority = Authority(self.files)
        self.authority.give("broker")
        self.issuer = Issuer(self.files / "jwks.json")

    def start(self):
        super().start()
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap})
        return self

    def remove(self):
        super().remove()
        shutil.rmtree(self.files, ignore_errors=True)

    def set_password(self, member, password):
        """Makes a member for SCRAM, or gives it another password, which holds from now on."""
        change = UserScramCredentialUpsertion(
            member, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password.encode())
        for future in self.admin.alter_user_scram_credentials([change]).values():
            future.result(30)

    def client(self, way, member="jobtrail", password="secret-1"):
        """jobtrail's options by which it connects as that member, one of WAYS."""
        common = {"kafka.ssl.ca.location": str(self.authority.file)}
        if way == "certificate":
            both = self.authority.give(member)
            return {**common, "kafka.bootstrap.servers": f"localhost:{self.mutual}", "kafka.security.protocol": "ssl",
                    "kafka.ssl.certificate.location": str(both.with_suffix(".pem")),
                    "kafka.ssl.key.location": str(both.with_suffix(".key"))}
        common |= {"kafka.bootstrap.servers": f"localhost:{self.sasl}", "kafka.security.protocol": "sasl_ssl"}
        secret = self.files / f"{member}.{way}"
        if way == "oauth":
            secret.write_text(self.issuer.token(member) + "\n", encoding="ascii")
            return {**common, "kafka.sasl.mechanism": "OAUTHBEARER", "kafka.sasl.oauthbearer.token.file": str(secret)}
        self.set_password(member, password)
        secret.write_text(password + "\n", encoding="ascii")
        return {**common, "kafka.sasl.mechanism": "SCRAM-SHA-512", "kafka.sasl.username": member,
                "kafka.sasl.password.file": str(secret)}

    def grant(self, bindings):
        """Gives rights: as rights_of() reads them. They hold when it returns."""
        bindings = set(bindings)
        for future in self.admin.create_acls(list(bindings)).values():
            future.result(30)
        wait_until(lambda: bindings <= self.granted(), "the rights are given")

    def revoke(self, bindings):
        filters = [AclBindingFilter(each.restype, each.name, each.resource_pattern_type, each.principal, each.host,
                                    each.operation, each.permission_type) for each in bindings]
        for future in self.admin.delete_acls(filters).values():
            future.result(30)
        wait_until(lambda: not set(bindings) & self.granted(), "the rights are taken")

    def granted(self):
        every = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY,
                                 AclPermissionType.ANY)
        return set(self.admin.describe_acls(every).result(30))


class Issuer:
    """Who signs the tokens that the broker takes."""

    def __init__(self, jwks):
        self.key = rsa.generate_private_key(65537, 2048)
        numbers = self.key.public_key().public_numbers()
        jwks.write_text(json.dumps({"keys": [{
            "kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", "n": encoded(numbers.n.to_bytes(256, "big")),
            "e": encoded(numbers.e.to_bytes(3, "big"))}]}), encoding="ascii")

    def token(self, member, lasts_s=3600):
        now = int(time.time())
        parts = [{"alg": "RS256", "kid": "1", "typ": "JWT"},
                 {"iss": "https://issuer.example.org", "aud": "kafka", "sub": member, "scope": "kafka", "iat": now,
                  "exp": now + lasts_s}]
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{encoded(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rights_of(text, topics, group):
    """The rights that the kafka-acls lines of a text give, by these topics' and this group's own names.
    topics: by the name that the text has."""
    bindings = []
    for line in re.findall(r"^kafka-acls --add .*$", text, re.MULTILINE):
        words = shlex.split(line)
        named = dict(zip(words, words[1:]))
        if "--topic" in named:
            kind, name = ResourceType.TOPIC, topics[named["--topic"]]
        elif "--group" in named:
            kind, name = ResourceType.GROUP, named["--group"].replace("jobtrail", group, 1)
        else:
            assert "--cluster" in words, line
            kind, name = ResourceType.BROKER, "kafka-cluster"
        pattern = ResourcePatternType[named.get("--resource-pattern-type", "literal").upper()]
        bindings += [AclBinding(kind, name, pattern, named["--allow-principal"], "*",
                                AclOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).upper()],
                                AclPermissionType.ALLOW)
                     for flag, word in zip(words, words[1:]) if flag == "--operation"]
    return bindings


def newer_library(folder):
    """The environment in which jobtrail runs with the librdkafka of these tests' own client. That of Debian 12 cannot
    do SCRAM with Kafka 4."""
    [library] = (pathlib.Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs").glob("librdkafka*")
    (folder / "librdkafka.so.1").symlink_to(library)
    return {"LD_LIBRARY_PATH": str(folder)}
