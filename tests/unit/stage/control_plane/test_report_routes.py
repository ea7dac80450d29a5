import json

import pytest

from stage.authorization.decision import not_allowed
from stage.authorization.policy import Kind
from stage.authorization.principals import Principal
from stage.authorization.request import Request
from stage.control_plane import report_routes
from stage.control_plane.rights.record import Record


@pytest.fixture
def record(monkeypatch):
    """The process's record, without what other tests have had decided."""
    empty = Record()
    monkeypatch.setattr(report_routes, "RECORD", empty)
    return empty


def test_decisions_are_read_by_a_get(record):
    """Whoever asks needs no client of ours, and no body."""
    caller = Principal.of("arn:aws:iam::111122223333:user/ann")
    decision = not_allowed(Request(caller, "sqs:ListQueues"), Kind.IDENTITY)
    record.note(decision)
    begun = []

    environ = {"PATH_INFO": "/stage/rights", "REQUEST_METHOD": "GET"}
    body = b"".join(report_routes.answer(environ, lambda status, _headers: begun.append(status)))

    assert ["200 OK"] == begun
    (found,) = json.loads(body)["decisions"]
    assert ("sqs:ListQueues", decision.message, 1) == (found["action"], found["message"], found["count"])
