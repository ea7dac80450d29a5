import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.unit.verify.fake_system import API, SENDER, FakeSystem
from verify.scenarios import autoscaling, lost_task

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
    """What a person would have to look at."""
    return {check.name: check.detail for check in checks if check.outcome == "fail"}


def test_a_fleet_that_follows_its_load_is_seen_to_do_so(system):
    """From the first request to the verdict: up to four tasks, back to two, nothing lost."""
    # 80 a second saturate even four tasks: no plateau lies near the target, however uneven the load.
    settings = autoscaling.Settings(
        baseline_rate=10, high_rate=80, trickle_rate=2, scale_in_minutes=60, delivery_seconds=5
    )
    said = []

    record = autoscaling.run(system.target(), settings, said.append)

    assert {} == failed(autoscaling.SCENARIO.judge(record))
    assert max(sample.desired for sample in record.timeline.api.samples) > 2
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

    assert failed(autoscaling.SCENARIO.judge(record)).keys().isdisjoint({"load_drove_cpu", "scaled_out"})
    rates = [float(mark.label.split()[0]) for mark in record.marks if "requests/s" in mark.label]
    first, *raised, last = rates[1:]
    assert (10, 40, 2) == (rates[0], first, last)
    assert raised == sorted(raised)
    assert raised[0] > 1.5 * first


def test_lost_tasks_are_seen_to_be_replaced(system):
    """Each kind of loss, of each service, and every accepted request delivered."""
    settings = lost_task.Settings(rate=20, min_requests=40, min_requests_seconds=20, delivery_seconds=5)

    record = lost_task.run(system.target(), settings, print)

    assert {} == failed(lost_task.SCENARIO.judge(record))
    assert [
        ("SIGKILL", SENDER),
        ("SIGKILL", API),
        ("ecs.stop_task", SENDER),
        ("ecs.stop_task", API),
    ] == [(fault.kind, fault.service) for fault in record.faults]
