from dataclasses import fields, replace

import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.unit.verify.fake_system import API, SENDER, FakeSystem
from verify.faults import HANG, KILL, MEMORY, SPOT, STOP
from verify.record import Declared
from verify.scenarios import autoscaling, hung_task, lost_service, lost_task, smoke, spot

# Judged apart: how busy this machine is says nothing about the scenarios.
TIMING = {"host_had_room"}


@pytest.fixture
def system(tmp_path, request):
    """A system that follows its load, and the server that stands before it."""
    # A generator that stalls for a moment must not empty a whole datapoint.
    made = FakeSystem("", tmp_path / "mails.jsonl", getattr(request, "param", 0.5))
    with AcceptingServer(on_accept=made.deliver) as server:
        made.url = server.url
        yield made


def failed(checks):
    """What a person would have to look at, but for what this system does not do.

    Its one sender never has much to do, and each mail is there before anything could happen to it. How many
    requests a short run makes is the machine's affair.
    """
    bad = {check.name: check.detail for check in checks if check.outcome == "fail"}
    other = {"sender_scaled", "mails_met_kills", "enough_requests"}
    return {name: detail for name, detail in bad.items() if name not in other}


def as_it_is(record):
    """The record, held against what this system is meant to be."""
    return replace(record, declared=(Declared(2, 4, 60, 240), Declared(1, 1, 60, 240)))


def test_a_fleet_that_follows_its_load_is_seen_to_do_so(system):
    """From the first request to the verdict: up to four tasks, four lost up there, back to two."""
    # 160 a second saturate even four tasks: no plateau lies near the target, however uneven the load.
    settings = autoscaling.Settings(
        baseline_rate=20, high_rate=160, trickle_rate=4, scale_in_minutes=60, delivery_seconds=5
    )
    system.requests_a_task = 40.0
    said = []

    record = autoscaling.run(system.target(), settings, said.append)

    assert {} == failed(autoscaling.SCENARIO.judge(as_it_is(record)))
    assert max(sample.desired for sample in record.timeline.api.samples) > 2
    assert [KILL, KILL, STOP, STOP] == [fault.kind for fault in record.faults]
    assert record.baseline[0] < record.baseline[1] <= record.high_load[0] < record.high_load[1]
    assert record.high_load[1] <= record.faults[0].began_at
    assert {"baseline", "high load", "load has dropped"} <= {text.partition(":")[0] for text in said}


# Each user sends once a second: in shorter minutes the load would be uneven.
@pytest.mark.parametrize("system", [1.0], indirect=True)
def test_a_load_that_does_not_saturate_the_fleet_is_raised(system):
    """On a machine that is more than twice as fast the first rate would move nothing."""
    system.requests_a_task = 45.0
    settings = autoscaling.Settings(
        baseline_rate=10, high_rate=40, trickle_rate=2, scale_in_minutes=1, delivery_seconds=5
    )

    record = autoscaling.run(system.target(), settings, print)

    assert (
        failed(autoscaling.SCENARIO.judge(as_it_is(record)))
        .keys()
        .isdisjoint({"load_drove_cpu", "scaled_out"})
    )
    rates = [float(mark.label.split()[0]) for mark in record.marks if "requests/s" in mark.label]
    first, *raised, last = rates[1:]
    assert (10, 40, 2) == (rates[0], first, last)
    assert raised == sorted(raised)
    assert raised[0] > 1.5 * first


LOSSES = {
    "lost_task": (lost_task, (KILL, MEMORY, STOP)),
    "lost_service": (lost_service, (KILL,)),
    "hung_task": (hung_task, (HANG,)),
    "spot": (spot, (SPOT,)),
}
SHORT = {"delivery_seconds": 5, "after_seconds": 10, "after_minutes": 2, "min_requests": 400, "rate": 40}


@pytest.mark.parametrize("name", LOSSES)
def test_lost_tasks_are_seen_to_be_replaced(system, name):
    """Each kind of loss, of each service, and every accepted request delivered."""
    module, kinds = LOSSES[name]
    known = {field.name for field in fields(module.Settings)}
    settings = module.Settings(**{key: value for key, value in SHORT.items() if key in known})
    # Requests enough for a verdict, and no reason to scale.
    system.requests_a_task = 100.0

    record = module.run(system.target(), settings, print)

    assert {} == failed(module.SCENARIO.judge(as_it_is(record)))
    began, ended = record.baseline
    assert record.timeline.started_at <= began < ended <= record.faults[0].began_at
    counts = {SENDER: 1, API: 2 if module is lost_service else 1}
    assert [
        (kind, service) for kind in kinds for service in (SENDER, API) for _ in range(counts[service])
    ] == [(fault.kind, fault.service) for fault in record.faults]


def test_an_even_load_leaves_the_fleet_as_it_is(system):
    """Each request is accepted and becomes one mail, and nothing else happens."""
    system.requests_a_task = 100.0

    record = smoke.run(system.target(), smoke.Settings(delivery_seconds=5), print)

    assert {} == failed(smoke.SCENARIO.judge(as_it_is(record)))
    assert len(record.requests) >= smoke.Settings().min_requests
    assert () == record.faults


def test_a_scenario_whose_load_two_workers_make(system):
    """The record is the same as that of one process: nothing in a scenario knows who sends."""
    settings = lost_task.Settings(rate=20, min_requests=40, min_requests_seconds=20, delivery_seconds=5)

    record = lost_task.run(replace(system.target(), workers=2), settings, print)

    assert {} == failed(lost_task.SCENARIO.judge(as_it_is(record)))
    assert record.generator.sent == len(record.requests)
