import asyncio
import os
import time

import aiosmtplib
import pytest

from tests.bench.smtp_sink import SmtpProtocol, noted


@pytest.fixture
def log(tmp_path):
    """What the server writes."""
    return tmp_path / "mails.txt"


@pytest.fixture
async def client(serving, log):
    """A client that has said hello."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    async with (
        serving(lambda: SmtpProtocol(descriptor)) as port,
        aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as connected,
    ):
        yield connected
    os.close(descriptor)


def mail(notification, body="hello"):
    """A mail of a notification."""
    return f"Subject: x\r\nX-Notification-Id: {notification}\r\n\r\n{body}\r\n".encode()


async def test_mails_are_noted_in_order(client, log):
    """When and which, on one connection."""
    began = time.monotonic()
    for notification in ("n-1", "n-2"):
        await client.sendmail("a@b.example", ["c@d.example"], mail(notification))

    times, ids = zip(*noted(log), strict=True)
    assert ("n-1", "n-2") == ids
    assert began <= times[0] <= times[1] <= time.monotonic()


async def test_a_line_with_a_dot_is_no_end(client, log):
    """Clients double it on the way."""
    await client.sendmail("a@b.example", ["c@d.example"], mail("n-1", "one\r\n.\r\ntwo"))

    assert ["n-1"] == [notification for _, notification in noted(log)]


async def test_what_is_no_command_is_refused(client):
    """And the connection stays."""
    assert 502 == (await client.execute_command(b"VRFY", b"x")).code
    assert 250 == (await client.noop()).code


async def test_a_line_that_is_being_written_is_left_out(log):
    """A reader beside the server sees whole lines only."""
    await asyncio.to_thread(log.write_text, "1.5 n-1\n2.5 n")

    assert [(1.5, "n-1")] == noted(log)
