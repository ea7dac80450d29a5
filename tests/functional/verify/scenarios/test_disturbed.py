import time
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.unit.verify.fake_system import API, FakeSystem
from verify.errors import LoadError
from verify.record import Resources, Tried
from verify.scenarios import noisy_client, soak
from verify.stretches import Settings, Stretch, run
from verify.toxics import Toxic

SLOW, AWAY = Toxic("latency", {"latency": 5}), Toxic("reset_peer")
STRETCHES = (
    Stretch("SQS slow", {"sqs": [SLOW]}, 2, kills="api"),
    Stretch("all away", {"smtp": [AWAY], "dynamodb": [AWAY, SLOW]}, 2, idle=True),
)


class Ledger:
    """Says of every notification that it was sent at once."""

    def batch_get_item(self, *, RequestItems) -> dict:  # noqa: N803 - boto3's name
        """An item for each key."""
        sent = {"state": {"S": "sent"}, "attempt": {"N": "1"}}
        return {"Responses": {"ledger": [key | sent for key in RequestItems["ledger"]["Keys"]]}}


@pytest.fixture
def system(tmp_path):
    """A system that delivers at once, and the server that stands before it."""
    made = FakeSystem("", tmp_path / "mails.jsonl", 0.5)
    with AcceptingServer(on_accept=made.deliver) as server:
        made.url = server.url
        yield made


@pytest.fixture
def told():
    """What was done to dependencies, in order."""
    return []


@pytest.fixture
def target(system, told):
    """The system, with dependencies that can be disturbed and whose calls are counted."""
    return replace(
        system.target(),
        dynamodb=Ledger(),
        disturb=lambda dependency, toxics: told.append((dependency, tuple(toxics))),
        read_calls=list,
    )


def test_stretches_follow_each_other_under_one_load(system, target, told):
    """Each is healed before the next; a task is lost within its own; the ledger is asked at the end."""
    record = run(target, Settings(STRETCHES, rate=10, calm_minutes=1, delivery_seconds=5), print)

    assert ["sqs", "smtp", "dynamodb", "dynamodb"] == [one.dependency for one in record.disturbances]
    assert [("sqs", (SLOW,)), ("sqs", ()), ("smtp", (AWAY,)), ("dynamodb", (AWAY, SLOW))] == told[:4]
    assert {("smtp", ()), ("dynamodb", ())} == set(told[4:])
    first, second = record.disturbances[0], record.disturbances[1]
    assert target.clock.seconds(2) <= first.ended_at - first.began_at
    assert first.ended_at + target.clock.seconds(1) <= second.began_at
    (fault,) = record.faults
    assert ("SIGKILL", API) == (fault.kind, fault.service)
    assert fault.task_arn not in system.tasks[API]
    assert first.began_at <= fault.began_at <= first.ended_at
    accepted = {request.id for request in record.requests if request.accepted}
    assert {Tried(one, "sent", 1) for one in accepted} == set(record.tried)
    assert () == record.calls
    labels = [mark.label for mark in record.marks]
    assert [
        "10 requests/s",
        "SQS slow",
        "healed",
        "0 requests/s",
        "all away",
        "10 requests/s",
        "healed",
    ] == labels[:7]


def test_a_slow_answer_costs_the_load_nothing(tmp_path):
    """A user's turn comes after it, so that as many requests are made as planned."""
    made = FakeSystem("", tmp_path / "mails.jsonl", 0.5)

    def answer(id_, asked):
        time.sleep(1.2)
        made.deliver(id_, asked)

    with AcceptingServer(on_accept=answer) as server:
        made.url = server.url
        target = replace(made.target(), disturb=lambda *_: None, read_calls=list, dynamodb=Ledger())
        slow = Stretch("SQS slow", {"sqs": [SLOW]}, 6)
        record = run(target, Settings((slow,), rate=4, calm_minutes=1, delivery_seconds=5), print)

    # With turns of a second every other one would be missed; a busy host may be late for one now and then.
    assert record.generator.missed <= 0.1 * record.generator.sent


def test_nothing_stays_disturbed_when_a_run_breaks(target, told):
    """A scenario that ends early must not take the next one along."""

    def broken(text):
        if text.startswith("SQS slow"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(target, Settings(STRETCHES, rate=10), broken)

    assert ("sqs", ()) == told[-1]


def test_noise_and_silence_take_turns(target):
    """The noisy client has a key and a load of its own; the others go on throughout."""
    target = replace(target, limited_api_key="limited.key", limited_rate=0.5)
    settings = noisy_client.Settings(rate=10, times=30, rounds=2, round_seconds=4, delivery_seconds=5)

    record = noisy_client.run(target, settings, print)

    clients = {"limited", "fake"}
    assert clients == {request.client for request in record.requests}
    assert (2, 30.0, 0.5) == (len(record.bursts), record.burst_rate, record.limited_rate)
    loud = [
        sum(request.client == "limited" and start <= request.started_at <= end for request in record.requests)
        / (end - start)
        for start, end in record.bursts
    ]
    assert all(20 <= rate <= 40 for rate in loud)
    (_, quiet_from), (quiet_until, _) = record.bursts
    silent = [
        request
        for request in record.requests
        if request.client == "limited" and quiet_from + 2.5 < request.started_at < quiet_until - 2.0
    ]
    assert [] == silent
    ends = [request.finished_at for request in record.requests]
    assert all(earlier <= later for earlier, later in pairwise(ends))
    assert len(record.requests) == record.generator.sent


def test_a_soak_looks_at_the_tasks_again_and_again(target):
    """At its own interval, for as long as it lasts."""
    looks = []

    def read():
        looks.append(1)
        return [Resources(1000.0 + len(looks), API, "task/1", 1, 2, 3)]

    settings = soak.Settings(rate=10, soak_seconds=4, sample_seconds=0.5, delivery_seconds=5)
    record = soak.run(replace(target, read_resources=read), settings, print)

    assert len(looks) == len(record.resources)
    assert len(looks) >= 3
    assert 10 <= sum(request.accepted for request in record.requests)


@pytest.mark.parametrize("scenario", [noisy_client, soak])
def test_what_cannot_be_done_to_a_target_is_said_before_any_load(target, scenario):
    """In one sentence, with what to do."""
    with pytest.raises(LoadError, match="run the scenario on the stage"):
        scenario.run(target, scenario.Settings(), print)
