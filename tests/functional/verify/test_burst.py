from collections import Counter

import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.unit.verify.fake_system import FakeSystem
from verify import burst as burst_module
from verify.burst import BATCH, send_burst


def burst(server, tmp_path, count):
    """Records of so many notifications at once."""
    return send_burst(FakeSystem(server.url, tmp_path / "mails.jsonl").target(), count)


def test_a_burst_is_asked_for_in_full_batches(tmp_path):
    """Each notification has an id, a recipient and a text of its own; those of a batch share a trace."""
    with AcceptingServer() as server:
        requests = burst(server, tmp_path, 2 * BATCH + 5)

    assert sorted(server.accepted) == sorted(request.id for request in requests)
    assert [5, BATCH, BATCH] == sorted(Counter(request.trace_id for request in requests).values())
    for values in ({request.digest for request in requests}, {request.recipient for request in requests}):
        assert 2 * BATCH + 5 == len(values)
    assert all(request.accepted and request.finished_at >= request.started_at for request in requests)
    assert {"Bearer fake.key"} == server.authorizations
    assert {"fake"} == {request.client for request in requests}


@pytest.mark.parametrize("status", [503, 401])
def test_a_batch_that_is_refused_is_recorded_for_each_notification(tmp_path, status):
    """None of them was accepted, and each says why."""
    with AcceptingServer(status) as server:
        requests = burst(server, tmp_path, 3)

    assert [(status, f"HTTP {status}", False)] * 3 == [
        (request.status, request.error, request.accepted) for request in requests
    ]


@pytest.mark.parametrize(("seconds", "times"), [(60.0, 2), (0.0, 1)])
def test_what_is_refused_for_now_is_asked_for_anew(tmp_path, monkeypatch, seconds, times):
    """After as long as the API says, while there is time for it; each notification is another one."""
    slept = []
    with AcceptingServer(503) as busy, AcceptingServer() as server:
        target = FakeSystem(busy.url, tmp_path / "mails.jsonl").target()

        def sleep(told):
            slept.append(told)
            object.__setattr__(target, "url", server.url)

        monkeypatch.setattr(burst_module.time, "sleep", sleep)
        requests = send_burst(target, 3, seconds)

    assert [5.0] * (times - 1) == slept
    assert [503] * 3 + [202] * 3 * (times - 1) == [request.status for request in requests]
    assert 3 * times == len({request.digest for request in requests})


def test_a_burst_that_nobody_answers_is_recorded(tmp_path):
    """Status 0, as Locust has it."""
    with AcceptingServer() as server:
        pass

    requests = burst(server, tmp_path, 2)

    assert [0, 0] == [request.status for request in requests]
    assert all("refused" in request.error for request in requests)
