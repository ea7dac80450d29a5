import ssl

import pytest


@pytest.fixture
def logins():
    """What the guarded relay takes: username and password; and what it was given, in order."""

    class Logins:
        def __init__(self) -> None:
            self.right = (b"us", b"right")
            self.given = []

        def __call__(self, username: bytes, password: bytes) -> bool:
            self.given.append((username, password))
            return self.given[-1] == self.right

    return Logins()


@pytest.fixture
def guarded_relay(start_relay, certificate, logins, monkeypatch):
    """A relay that takes mails after STARTTLS and a login; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return start_relay(context, logins, needs_tls=True, needs_login=True)


@pytest.fixture
def tls_relay(start_relay, certificate, logins, monkeypatch):
    """A relay that speaks TLS from the first byte and offers a login; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return start_relay(context, logins, implicit_tls=True, login={"username": "us", "password": "right"})
