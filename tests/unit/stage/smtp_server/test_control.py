import asyncio
import json
import threading

import httpx
import pytest

from stage.smtp_server.control import Control
from stage.smtp_server.mails import MailLog, read_mails
from stage.smtp_server.server import SmtpServer
from tests.waiting import SOON

LOGIN = {"username": "u", "password": "p" * 20_000}
ROUNDS = 50
MAIL = b"Subject: Hello\r\nX-Notification-Id: n-1\r\n\r\nA body.\r\n"


@pytest.fixture
def log(tmp_path):
    """The mails, and beside them the behaviour for the next start."""
    made = MailLog(tmp_path / "mails.jsonl", with_content=True)
    yield made
    made.close()


@pytest.fixture
async def start(log, tmp_path):
    """Starts a server that can be controlled, and tells where."""
    started = []

    def start():
        server = SmtpServer(lambda envelope: log.add(1.5, envelope.recipients, envelope.content))
        control = Control(server, log.path, tmp_path / "behaviour.json")
        started.append(control.listen("127.0.0.1", 0))
        return server, f"http://127.0.0.1:{started[-1].server_port}"

    yield start
    for web in started:
        await asyncio.to_thread(web.shutdown)
        web.server_close()


async def put(url, **changes):
    """Change the behaviour; the answer."""
    async with httpx.AsyncClient(timeout=SOON) as client:
        return await client.put(f"{url}/behaviour", json=changes)


async def test_mails_are_shown_as_they_were_sent(start, log):
    """With their whole content, a character for a byte."""
    _, url = start()
    log.add(1.5, ["ada@example.com"], MAIL + b"\xff")

    async with httpx.AsyncClient(timeout=SOON) as client:
        shown = await client.get(f"{url}/mails")

    [line] = shown.content.splitlines()
    assert MAIL + b"\xff" == json.loads(line)["content"].encode("latin-1")


async def test_mails_that_were_read_are_not_shown_again(start, log):
    """Whoever has read so many bytes is given what has come since; what is no number is refused."""
    _, url = start()
    log.add(1.5, ["ada@example.com"], MAIL)
    async with httpx.AsyncClient(timeout=SOON) as client:
        read = len((await client.get(f"{url}/mails")).content)
        log.add(2.5, ["grace@example.com"], MAIL)

        shown = await client.get(f"{url}/mails", params={"after": read})
        refused = await client.get(f"{url}/mails", params={"after": "-1"})

    assert ["grace@example.com"] == [json.loads(line)["recipient"] for line in shown.content.splitlines()]
    assert 400 == refused.status_code


async def test_a_change_is_made_and_kept_for_the_next_start(start):
    """A container that is started again goes on as it was."""
    server, url = start()

    assert 204 == (await put(url, refused=["no@example.com"])).status_code
    assert 204 == (await put(url, login=LOGIN)).status_code
    again, _ = start()

    assert server.behaviour == again.behaviour
    assert ("no@example.com",) == again.behaviour.refused
    assert again.is_login("u", LOGIN["password"])


async def test_a_behaviour_that_there_is_not_is_refused(start):
    """And nothing is changed."""
    server, url = start()
    before = server.behaviour

    answer = await put(url, colour="green")

    assert (400, before) == (answer.status_code, server.behaviour)
    assert "colour" in answer.text


async def test_two_changes_at_once_are_both_made(start):
    """One of them never undoes the other, and a login is good for every mail meanwhile."""
    server, url = start()
    await put(url, login=LOGIN)
    threads = [
        threading.Thread(target=_put_often, args=(url, key))
        for key in ("greylist_seconds", "max_mails_per_second")
    ]
    for thread in threads:
        thread.start()
    answers = set()
    while any(thread.is_alive() for thread in threads):
        answers.add(server.is_login("u", LOGIN["password"]))
        await asyncio.sleep(0)

    assert {True} == answers
    assert (ROUNDS - 1, ROUNDS - 1) == (
        server.behaviour.greylist_seconds,
        server.behaviour.max_mails_per_second,
    )


def _put_often(url, key):
    with httpx.Client(timeout=SOON) as client:
        for number in range(ROUNDS):
            client.put(f"{url}/behaviour", json={key: number})


async def test_a_mail_that_was_half_written_down_spoils_no_other(log):
    """A server that is killed within a line confirmed nothing; the next mail is a line of its own."""
    log.add(1.5, ["ada@example.com"], MAIL)
    with log.path.open("a") as half:
        half.write('{"received_at": 1.5, "head')

    again = MailLog(log.path)
    again.add(1.5, ["grace@example.com"], MAIL)
    again.close()

    assert ["ada@example.com", "grace@example.com"] == [mail.recipient for mail in read_mails(log.path)]
