import importlib.util
import json
import threading
from pathlib import Path

import pytest

_PROGRAM = Path(__file__).parents[2] / "integration" / "images" / "stand_ins" / "mail_server" / "kept.py"

_MAIL = b"Subject: Hello\r\nX-Notification-Id: n-1\r\n\r\nA body.\r\n"
_LOGIN = {"username": "u", "password": "p" * 20_000}
_ROUNDS = 200


@pytest.fixture(scope="module")
def start():
    """Makes what a mail server keeps in a folder; its program is a container's, not a package here."""
    spec = importlib.util.spec_from_file_location("kept", _PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Kept


@pytest.fixture
def kept(start, tmp_path):
    """A mail server's files, before its first start."""
    return start(tmp_path)


def test_a_change_of_behaviour_is_never_seen_half(kept):
    """While the tests change how long a mail takes, the login is good for every mail."""
    kept.behave({"login": _LOGIN})
    ended = threading.Event()

    def change():
        while not ended.is_set():
            kept.behave({"seconds": 0})

    changing = threading.Thread(target=change)
    changing.start()
    try:
        answers = {kept.is_login(b"u", _LOGIN["password"].encode()) for _ in range(_ROUNDS)}
    finally:
        ended.set()
        changing.join()

    assert {True} == answers


def test_two_changes_at_once_are_both_made(kept, tmp_path):
    """One of them never undoes the other."""
    threads = [
        threading.Thread(target=lambda key=key: [kept.behave({key: number}) for number in range(_ROUNDS)])
        for key in ("seconds", "other")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {"seconds": _ROUNDS - 1, "other": _ROUNDS - 1} == json.loads(
        (tmp_path / "behaviour.json").read_text()
    )


def test_the_next_process_finds_mails_and_behaviour(start, kept, tmp_path):
    """A container that is started again goes on where it was."""
    kept.behave({"refused": ["no@example.com"]})
    kept.add(["ada@example.com"], _MAIL)

    again = start(tmp_path)

    assert again.is_refused("no@example.com")
    assert [("ada@example.com", "n-1")] == [
        (mail["recipient"], mail["headers"]["x-notification-id"]) for mail in again.mails()
    ]


def test_a_mail_that_was_half_written_down_spoils_no_other(start, kept, tmp_path):
    """A server that is killed within a line confirmed nothing; the next mail is a line of its own."""
    kept.add(["ada@example.com"], _MAIL)
    with (tmp_path / "mails.jsonl").open("a") as log:
        log.write('{"received_at": 1.5, "head')

    again = start(tmp_path)
    again.add(["grace@example.com"], _MAIL)

    assert ["ada@example.com", "grace@example.com"] == [mail["recipient"] for mail in again.mails()]
