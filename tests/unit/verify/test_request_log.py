import json

import pytest

from common.growing_logs import Follower
from verify.content import digest_of_mail
from verify.record import Generator, Handled, Mail, Request
from verify.request_log import (
    GENERATOR,
    REQUESTS,
    Merged,
    RequestLog,
    accepted_id,
    handled_in,
    mails_in,
    read_generator,
    requests_in,
    together,
)

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


def test_a_mail_has_its_recipient_and_what_it_says(tmp_path):
    """Read from the whole message, where the log has it."""
    log = tmp_path / "mails.jsonl"
    message = "Subject: s\r\n\r\nGr\xfc\xdfe\r\n"
    line = {"received_at": 1.0, "notification_id": "n-1", "recipient": "a@b.example", "content": message}
    log.write_text(json.dumps(line) + "\n")

    (mail,) = mails_in(log).all()

    assert ("a@b.example", digest_of_mail(message.encode("latin-1"))) == (mail.recipient, mail.digest)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [Handled(1.5, "127.7.0.9:8080", "a" * 32, 202)]),
        ({"status": 0}, [Handled(1.5, "127.7.0.9:8080", "a" * 32)]),
        ({"traceparent": None}, []),
        ({"traceparent": "elsewhere"}, []),
        ({"target": None}, []),
    ],
)
def test_a_request_that_was_sent_to_a_task_is_one_that_it_handled(tmp_path, changes, expected):
    """Somebody else's has no trace of ours; what got no target reached no task."""
    log = tmp_path / "attempts.jsonl"
    whole = {"at": "1.500", "target": "127.7.0.9:8080", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    log.write_text(json.dumps({**whole, "status": 202, **changes}) + "\n")

    assert expected == handled_in(log).all()


def test_requests_of_several_generators_are_in_the_order_of_their_ends(tmp_path):
    """As one process would have written them down, also when they come in by and by."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    merged = Merged(folders)
    assert [] == list(merged.all())

    logs = [RequestLog(folder) for folder in folders]
    for log, finished_at in ((logs[0], 4.0), (logs[1], 2.0), (logs[1], 5.0)):
        log.append(Request(1.0, finished_at, 202, id=f"n-{finished_at}"))
        assert sorted(merged.all(), key=lambda request: request.finished_at) == list(merged.all())

    assert [2.0, 4.0, 5.0] == [request.finished_at for request in merged.all()]
    for log in logs:
        log.close()


def test_several_generators_are_as_late_as_the_latest():
    """What was sent and missed adds up."""
    assert Generator(30, 3, 0.4) == together([Generator(10, 1, 0.4), Generator(20, 2, 0.1)])
