"""The same Elasticsearch behind TLS, with a user whose role may touch only `aigaq*` indices.

Certificates are made here for the run. Users and roles are files, as the distribution has no
realm of its own; the role is the one that docs/elasticsearch.md asks operators to make.
`details`: `ca_file`, `user`, `password`, and `admin`, `admin_password` who may do anything.
"""

from __future__ import annotations

import ipaddress
import os
import pwd
import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from elasticsearch import Elasticsearch

from tests.services import Running, ServiceMissing, elasticsearch

ROLE = """\
aigaq:
  cluster: []
  indices:
    - names: ["aigaq", "aigaq-*"]
      privileges: ["read", "write", "create_index", "manage"]
tests_admin:
  cluster: ["all"]
  indices:
    - names: ["*"]
      privileges: ["all"]
"""
USER, ADMIN = "archivist", "tests-admin"


def start(folder: Path) -> Running:
    """Bring it up in `folder`; ServiceMissing where another server was named for the tests."""
    if os.environ.get("ELASTICSEARCH_URL"):
        raise ServiceMissing("ELASTICSEARCH_URL names a server that is not ours to secure")
    node = elasticsearch.unpacked(
        folder,
        {
            "xpack.security.enabled": "true",
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.key": "server.key",
            "xpack.security.http.ssl.certificate": "server.crt",
            "xpack.security.transport.ssl.enabled": "false",
            "xpack.security.autoconfiguration.enabled": "false",
        },
    )
    _certificates(node / "config")
    (node / "config" / "roles.yml").write_text(ROLE, encoding="utf-8")
    passwords = {USER: secrets.token_urlsafe(12), ADMIN: secrets.token_urlsafe(12)}
    for user, role in ((USER, "aigaq"), (ADMIN, "tests_admin")):
        _add_user(node, user, passwords[user], role)
    running = elasticsearch.launched(node, "https")
    authority = str(node / "config" / "ca.crt")
    details = {
        "ca_file": authority,
        "user": USER,
        "password": passwords[USER],
        "admin": ADMIN,
        "admin_password": passwords[ADMIN],
    }
    admin = Elasticsearch(
        running.address,
        ca_certs=authority,
        basic_auth=(ADMIN, passwords[ADMIN]),
        request_timeout=5,
    )
    elasticsearch.await_health(running, admin)
    return Running(running.address, running.groups, {**running.details, **details})


stop = elasticsearch.stop


def _add_user(node: Path, user: str, password: str, role: str) -> None:
    subprocess.run(
        [node / "bin" / "elasticsearch-users", "useradd", user, "-p", password, "-r", role],
        check=True,
        capture_output=True,
        timeout=120,
        **elasticsearch.as_server(node),
    )


def _certificates(folder: Path) -> None:
    """An authority of our own and a certificate of this loopback server."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of a test run")])
    authority = _certificate(issuer, issuer, authority_key.public_key(), authority_key, ca=True)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    served = _certificate(subject, issuer, key.public_key(), authority_key, ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.crt").write_bytes(authority.public_bytes(pem))
    (folder / "server.crt").write_bytes(served.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder / "server.key", user.pw_uid, user.pw_gid)
    (folder / "server.key").chmod(0o600)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(signer, hashes.SHA256())
    )
