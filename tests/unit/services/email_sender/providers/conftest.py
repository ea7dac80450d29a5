import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A file with a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "relay.pem"
    encoding = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    file.write_bytes(
        key.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)
    )
    return file


@pytest.fixture
def logins():
    """What the guarded relay takes: username and password; and what it was given, in order."""

    class Logins:
        def __init__(self) -> None:
            self.right = (b"us", b"right")
            self.given = []

        def __call__(self, server, session, envelope, mechanism, data) -> AuthResult:
            del server, session, envelope, mechanism
            self.given.append((data.login, data.password))
            return AuthResult(success=self.given[-1] == self.right, handled=False)

    return Logins()


@pytest.fixture
def guarded_relay(start_relay, certificate, logins, monkeypatch):
    """A relay that takes mails after STARTTLS and a login; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return start_relay(tls_context=context, authenticator=logins, auth_required=True)


@pytest.fixture
def tls_relay(start_relay, certificate, logins, monkeypatch):
    """A relay that speaks TLS from the first byte and offers a login; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # aiosmtpd does not count TLS that came before it.
    return start_relay(ssl_context=context, authenticator=logins, auth_require_tls=False)
