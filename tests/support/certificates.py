# SPDX-License-Identifier: Apache-2.0
"""An authority of a test's own, and the certificates that it gives: to servers on this machine and to clients."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = datetime.timedelta(days=1)


class Authority:
    """Files in a folder: ca.pem, and what give() makes."""

    def __init__(self, folder, name="ca"):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = named(f"the tests' {name}")
        self.file = folder / f"{name}.pem"
        made = self._made(self.name, self.key, 30 * DAY, [x509.BasicConstraints(ca=True, path_length=None)])
        self.file.write_bytes(pem(made))

    def give(self, name, lasts=2 * DAY, file=None):
        """A certificate for that common name, also for localhost and 127.0.0.1: NAME.pem with the certificate,
        NAME.key with its key, NAME.both with key and certificate, which is returned."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(named(name), key, lasts, [x509.SubjectAlternativeName([
            x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])])
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                   serialization.NoEncryption())
        both = self.folder / f"{file or name}.both"
        both.with_suffix(".pem").write_bytes(pem(made))
        both.with_suffix(".key").write_bytes(secret)
        both.with_suffix(".key").chmod(0o600)
        both.write_bytes(secret + pem(made))
        return both

    def _made(self, subject, key, lasts, extensions):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - DAY).not_valid_after(now + lasts))
        for extension in extensions:
            builder = builder.add_extension(extension, isinstance(extension, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256())


def named(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)
