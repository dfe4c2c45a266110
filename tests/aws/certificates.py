"""A certificate authority of the tests' own, so that a stand-in for AWS can speak TLS.

What a handshake costs is part of a cold start, and so is reading the list of authorities a system
trusts: the bundle made here is that list with ours added, not ours alone.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """bundle: a file of authorities that trusts `context`'s certificate."""

    bundle: Path
    context: ssl.SSLContext


def trust(folder: Path, host: str) -> Trust:
    """Make an authority and a certificate for an IP address of this machine."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Liao's tests", authority_key, authority_key, None)
    server = _certificate(host, key, authority_key, authority)
    bundle, pem = folder / "authorities.pem", folder / "server.pem"
    ours = authority.public_bytes(serialization.Encoding.PEM)
    bundle.write_bytes(Path(certifi.where()).read_bytes() + ours)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(secret + server.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return Trust(bundle=bundle, context=context)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    signed_by: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
) -> x509.Certificate:
    """Make a certificate; without an issuer it is an authority that vouches for itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()),
            critical=False,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=issuer is None,
                crl_sign=issuer is None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if issuer:
        addresses = [x509.IPAddress(ipaddress.ip_address(name))]
        made = made.add_extension(x509.SubjectAlternativeName(addresses), critical=False)
    return made.sign(signed_by, hashes.SHA256())
