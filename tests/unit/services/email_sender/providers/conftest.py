import asyncio
import gc
import ssl

import pytest
import uvloop


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def to_the_end(request):
    """Run something to its end in a loop of its own; whatever it leaves open fails the test."""

    def run(work):
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(work)
        # What the test has made is young still: to look at all that other tests have left takes far longer.
        gc.collect(1)

    return run


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
