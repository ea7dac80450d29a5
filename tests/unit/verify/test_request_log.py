import json

import pytest

from verify.request_log import (
    GENERATOR,
    REQUESTS,
    Follower,
    RequestLog,
    accepted_id,
    mails_in,
    read_generator,
    requests_in,
)
from verify.timeline import Generator, Mail, Request

ANSWERED = Request(1.0, 1.5, 202, id="n-1")
REFUSED = Request(2.0, 2.1, 0, error="ConnectionRefusedError(111, 'Connection refused')")


def test_requests_come_back_as_they_were_written(tmp_path):
    """One line each, whatever an error's text holds."""
    log = RequestLog(tmp_path)
    log.append(ANSWERED)
    log.append(REFUSED)
    log.close()

    assert [ANSWERED, REFUSED] == requests_in(tmp_path).all()


def test_a_request_can_be_read_before_the_log_is_closed(tmp_path):
    """A scenario counts requests while they are made."""
    log = RequestLog(tmp_path)
    log.append(ANSWERED)

    assert [ANSWERED] == requests_in(tmp_path).all()
    log.close()


def test_half_a_line_is_left_for_the_next_time(tmp_path):
    """The reader may come while the writer writes."""
    log = RequestLog(tmp_path)
    log.append(ANSWERED)
    log.close()
    with (tmp_path / REQUESTS).open("a") as file:
        file.write('{"started_at": 2.0, "fini')

    assert [ANSWERED] == requests_in(tmp_path).all()


def test_no_log_yet_is_no_request(tmp_path):
    """Before the first answer there is no file."""
    assert [] == requests_in(tmp_path).all()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (202, b'{"id": "n-1"}', "n-1"),
        (200, b'{"id": "n-1"}', ""),
        (202, b"", ""),
        (202, None, ""),
        (202, b"<html>", ""),
        (202, b"[]", ""),
        (202, b'{"error": "x"}', ""),
    ],
)
def test_only_an_accepted_request_has_an_id(status, body, expected):
    """202 with an id is the promise; anything else promises nothing."""
    assert expected == accepted_id(status, body)


def test_202_without_an_id_is_not_accepted():
    """Then nobody could ever ask after it."""
    assert not Request(1.0, 2.0, 202).accepted


def test_the_generator_tells_how_it_went(tmp_path):
    """Its last words are a file."""
    (tmp_path / GENERATOR).write_text('{"sent": 3, "missed": 1, "worst_lag": 0.25}')

    assert Generator(3, 1, 0.25) == read_generator(tmp_path)


def test_mails_without_a_notification_id_are_not_ours(tmp_path):
    """Somebody else may send to the same server."""
    log = tmp_path / "mails.jsonl"
    lines = [
        {"received_at": 1.5, "notification_id": "n-1", "subject": "s"},
        {"received_at": 2.5, "notification_id": None},
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))

    assert [Mail(1.5, "n-1")] == mails_in(log).all()


def test_what_was_read_is_not_read_again(tmp_path):
    """A scenario asks several times a second: each line is made sense of once."""
    log = RequestLog(tmp_path)
    log.append(ANSWERED)
    made = []
    follower = Follower(tmp_path / REQUESTS, lambda line: made.append(line) or line["id"])

    assert [] == made
    assert ["n-1"] == list(follower.all())
    log.append(REFUSED)
    assert ["n-1", ""] == list(follower.all())
    assert 2 == len(made)
    log.close()


def test_a_line_that_was_cut_is_read_when_it_is_whole(tmp_path):
    """Neither lost nor taken for two."""
    whole = json.dumps({"received_at": 1.0, "notification_id": "n-é"}) + "\n"
    log = tmp_path / "mails.jsonl"
    follower = mails_in(log)
    for end in range(len(whole.encode()) + 1):
        log.write_bytes(whole.encode()[:end])
        found = list(follower.all())
        assert ([Mail(1.0, "n-é")] if end == len(whole.encode()) else []) == found
