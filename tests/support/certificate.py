# SPDX-License-Identifier: Apache-2.0
"""A certificate of a test's own for localhost, by which it is checked too."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def made_certificate(certificate):
    """Writes it there. Beside it, with the suffix .key, which is returned: key and certificate in one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .sign(key, hashes.SHA256()))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption())
    both = certificate.with_suffix(".key")
    both.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return both
