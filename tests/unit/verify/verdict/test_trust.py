from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Request
from verify.scenarios.autoscaling import SCENARIO
from verify.timeline import Policy, QueueSample
from verify.verdict.check import by_name, overall

judge = SCENARIO.judge
CPU_RULES = {"load_drove_cpu", "scaled_out", "settled", "sender_scaled"}


def judged(record):
    """Outcomes by rule."""
    return {check.name: check.outcome for check in judge(record)}


def starved(record, minutes=8):
    """The run on a host that starved for so many minutes."""
    return runs.with_timeline(record, starved_minutes=tuple(map(runs.moment, range(10, 10 + minutes))))


def test_on_a_starved_host_rules_on_cpu_are_inconclusive_even_if_they_hold():
    """Starvation looks like low CPU, so a pass would be luck."""
    found = judged(starved(runs.autoscaling_run()))

    assert CPU_RULES | {"host_had_room"} == {
        name for name, outcome in found.items() if outcome == "inconclusive"
    }


@pytest.mark.parametrize("status", [0, 503, 504])
def test_on_a_starved_host_what_failed_for_want_of_time_is_inconclusive(status):
    """A starved host loses requests that a healthy one keeps."""
    failed = Request(runs.real(9), runs.real(10), status)
    record = starved(runs.with_request(runs.autoscaling_run(), failed))

    check = by_name(judge(record))["failed_only_in_flight"]

    assert "inconclusive" == check.outcome
    assert "would be a fail" in check.detail


@pytest.mark.parametrize("status", [400, 401, 429, 500, 502])
def test_on_a_starved_host_a_request_that_no_want_of_time_fails_still_fails(status):
    """A 502 comes of a connection that a target closed on a request: a wrong order, not a slow host."""
    failed = Request(runs.real(9), runs.real(10), status)

    found = judged(starved(runs.with_request(runs.autoscaling_run(), failed)))

    assert "fail" == found["failed_only_in_flight"]


def test_on_a_starved_host_a_lost_mail_still_fails():
    """The queue is empty and the mail never came."""
    run = runs.autoscaling_run()

    assert "fail" == judged(starved(replace(run, mails=run.mails[1:])))["accepted_delivered"]


def test_on_a_starved_host_a_doubled_mail_still_fails():
    """No host is so busy that it sends a mail twice."""
    run = runs.autoscaling_run()

    assert "fail" == judged(starved(replace(run, mails=(*run.mails, run.mails[0]))))["accepted_delivered"]


def test_on_a_starved_host_a_mail_that_is_still_queued_is_inconclusive():
    """It is late, and may come."""
    run = runs.autoscaling_run()
    waiting = runs.with_timeline(run, queue=(QueueSample(runs.real(38), 1, 0),))

    found = judged(starved(replace(waiting, mails=run.mails[1:])))

    assert "inconclusive" == found["accepted_delivered"]


def test_on_a_starved_host_a_desired_count_that_nobody_asked_for_still_fails():
    """What was decided is held against what was recorded."""
    run = runs.autoscaling_run()

    found = judged(starved(runs.with_api(run, activities=run.timeline.api.activities[:-1])))

    assert "fail" == found["desired_explained"]


def with_steps(*changes):
    """The run, with the API scaled like this instead, and its host starved."""
    samples = runs.samples([(0, 2), *changes], 38)
    activities = tuple(runs.activity(minutes, desired) for minutes, desired in changes)
    return starved(runs.with_api(runs.autoscaling_run(), samples=samples, activities=activities))


def test_on_a_starved_host_a_step_of_the_wrong_size_still_fails():
    """The step is held against the datapoints that it was made from, however late they came."""
    found = judged(with_steps((8.1, 5), (34.1, 2)))

    assert "fail" == found["scale_out_steps"]


def test_on_a_starved_host_a_step_that_no_datapoint_asked_for_still_fails():
    """CPU was at 30 % all the time before."""
    found = judged(with_steps((3.1, 3), (34.1, 2)))

    assert "fail" == found["scale_out_steps"]


def test_on_a_starved_host_a_step_that_came_late_is_inconclusive():
    """Its datapoints are four minutes old: whoever evaluates them had no time."""
    late = with_steps((8.1, 3), (10.1, 5), (16.1, 6), (34.1, 2))

    assert "inconclusive" == judged(late)["scale_out_steps"]


def test_on_a_starved_host_a_wrong_policy_still_fails():
    """A registered figure does not depend on how busy a host is."""
    record = starved(runs.with_api(runs.autoscaling_run(), policies=(Policy("cpu", runs.CPU, 90.0, 60.0),)))

    checks = judge(record)

    assert "fail" == by_name(checks)["policy_target"].outcome
    assert "fail" == overall(checks)


def test_a_starved_run_is_never_a_pass():
    """Inconclusive is what it is called, over all."""
    assert "inconclusive" == overall(judge(starved(runs.autoscaling_run())))


def test_a_starved_minute_or_two_spoil_nothing():
    """A tenth of the minutes may be lost."""
    assert {"pass"} == set(judged(starved(runs.autoscaling_run(), minutes=3)).values())


def test_minutes_without_a_datapoint_count_as_starved():
    """Where CPU cannot be measured exactly, a stage publishes nothing rather than something wrong."""
    run = runs.autoscaling_run()
    cpu = [point for point in run.timeline.api.cpu if not runs.moment(20) <= point.minute < runs.moment(28)]

    assert "inconclusive" == judged(runs.with_api(run, cpu=tuple(cpu)))["host_had_room"]


@pytest.mark.parametrize(("lag", "outcome"), [(0.9, "pass"), (1.1, "inconclusive")])
def test_a_late_load_generator_spoils_the_run(lag, outcome):
    """Then the load was not the load that was planned."""
    run = runs.autoscaling_run()

    assert outcome == judged(replace(run, generator=replace(run.generator, worst_lag=lag)))["host_had_room"]


def test_an_observer_that_looked_away_spoils_the_run():
    """What happened in between is unknown."""
    run = runs.autoscaling_run()
    seen = [s for s in run.timeline.api.samples if not runs.real(21) < s.at < runs.real(27)]

    assert "inconclusive" == judged(runs.with_api(run, samples=tuple(seen)))["host_had_room"]
