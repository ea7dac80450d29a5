from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Request
from verify.scenarios.autoscaling import SCENARIO
from verify.timeline import Policy
from verify.verdict.check import by_name, overall

RULES, judge = SCENARIO.rules, SCENARIO.judge
# CPU beyond the quota makes arithmetic that is otherwise ambiguous plain, and is seen for what it is.
WITHOUT_QUOTA = {"cpu_within_quota"}
UNDOCUMENTED = "statuses_documented"


def outcomes(record):
    """Names of the checks that did not pass."""
    return {check.name for check in judge(record) if check.outcome != "pass"}


def broken_run():
    """A run to break, and the checks that it passes."""
    return runs.autoscaling_run()


def test_a_correct_run_passes_every_rule():
    """2→3→5→6→2 at 100 %, 64 % and 3 % CPU is what target tracking does."""
    checks = judge(broken_run())

    assert ["pass"] * len(RULES) == [check.outcome for check in checks]
    assert "pass" == overall(checks)


def test_every_rule_is_judged_once_and_in_order():
    """The rules are test ids: none may be missing or come twice."""
    assert list(RULES) == [check.name for check in judge(broken_run())]


@pytest.mark.parametrize("target", [90.0, 69.9])
def test_a_policy_at_another_target_fails(target):
    """Changing 70 in the HCL is seen even if the fleet should scale by luck."""
    record = runs.with_api(broken_run(), policies=(Policy("cpu", runs.CPU, target, 60.0),))

    checks = by_name(judge(record))

    assert "fail" == checks["policy_target"].outcome
    assert f"{target:g} %" in checks["policy_target"].figure


def test_a_service_without_a_policy_on_cpu_fails():
    """The seed asks for both services."""
    run = broken_run()
    record = runs.with_timeline(run, sender=replace(run.timeline.sender, policies=()))

    assert {"policy_target"} == outcomes(record)


def test_a_fleet_that_scales_at_ninety_percent_breaks_the_rules():
    """With a target of 90 the fleet stops growing while CPU stays over 70."""
    changes = [(0, 2), (8.1, 3), (34.1, 2)]
    record = runs.with_api(
        broken_run(),
        policies=(Policy("cpu", runs.CPU, 90.0, 60.0),),
        samples=runs.samples(changes, 38),
        cpu=runs.datapoints([30.0] * 5 + [100.0] * 4 + [85.0] * 10 + [3.0] * 19),
        activities=tuple(runs.activity(at, desired) for at, desired in changes[1:]),
    )

    assert {"policy_target", "settled", "steps_in_time"} == outcomes(record)


def test_load_that_is_too_light_fails():
    """Two datapoints over the target ask for nothing."""
    record = runs.with_api(
        broken_run(), cpu=runs.datapoints([30.0] * 5 + [100.0, 100.0] + [60.0] * 12 + [3.0] * 19)
    )

    assert "load_drove_cpu" in outcomes(record)


def without_minutes(record, *missing):
    """The run, with the API's CPU unknown in some of its minutes."""
    gone = set(map(runs.moment, missing))
    return runs.with_api(record, cpu=[point for point in record.timeline.api.cpu if point.minute not in gone])


@pytest.mark.parametrize("missing", [(9,), (11,), (8, 9), (10, 11), (19, 30), (32, 33)])
def test_a_missing_minute_or_two_end_no_alarm(missing):
    """Older minutes are judged instead, as CloudWatch does."""
    cpu = runs.datapoints([30.0] * 5 + [100.0] * 7 + [64.0] * 5 + [3.0] * 21)

    assert set() == outcomes(without_minutes(runs.with_api(broken_run(), cpu=cpu), *missing))


def test_a_step_needs_its_datapoints_over_missing_minutes_too():
    """`30 30 100 - 100` is no alarm of three of three: a minute that is missing counts for nothing."""
    cpu = runs.datapoints([30.0] * 5 + [30.0] + [100.0] * 6 + [64.0] * 7 + [3.0] * 19)
    record = without_minutes(runs.with_api(broken_run(), cpu=cpu), 7)

    assert {"scale_out_steps"} == outcomes(record)


def test_a_scale_in_needs_its_datapoints_over_missing_minutes_too():
    """One of them at 64 % is no reason less to keep the fleet because another is missing."""
    cpu = runs.datapoints([30.0] * 5 + [100.0] * 7 + [64.0] * 8 + [3.0] * 18)

    assert {"scale_in_steps"} == outcomes(without_minutes(runs.with_api(broken_run(), cpu=cpu), 25))


def test_a_fleet_that_ignores_an_alarm_over_a_missing_minute_has_not_settled():
    """Five of six tasks at 95 % for minutes are not where the policy leaves them."""
    changes = [(0, 2), (8.1, 3), (10.1, 5), (34.1, 2)]
    record = runs.with_api(
        broken_run(),
        samples=runs.samples(changes, 38),
        cpu=runs.datapoints([30.0] * 5 + [100.0] * 6 + [95.0] * 8 + [3.0] * 19),
        activities=tuple(runs.activity(at, count) for at, count in changes[1:]),
    )

    assert {"settled"} == outcomes(without_minutes(record, 13, 16))


def test_the_load_figure_counts_minutes_over_the_target():
    """Seven minutes at 100 % are five at whose end three datapoints were over it."""
    figure = by_name(judge(broken_run()))["load_drove_cpu"].figure

    assert "for 5 minutes, highest 100 %" == figure


@pytest.mark.parametrize(("desired", "why"), [(6, "too far"), (4, "too far for 100 %")])
def test_a_step_that_the_datapoints_do_not_give_fails(desired, why):
    """2 tasks at 100 % need 3, and neither 4 nor 6."""
    changes = [(0, 2), (8.1, desired), (34.1, 2)]
    record = runs.with_api(
        broken_run(),
        samples=runs.samples(changes, 38),
        activities=tuple(runs.activity(at, count) for at, count in changes[1:]),
    )

    assert "scale_out_steps" in outcomes(record), why


def test_a_step_that_is_too_small_fails():
    """5 tasks at 100 % need more than 6, so 6 is right; 3 at 100 % need 5, so 4 is wrong."""
    changes = [(0, 2), (8.1, 3), (10.1, 4), (12.1, 6), (34.1, 2)]
    record = runs.with_api(
        broken_run(),
        samples=runs.samples(changes, 38),
        activities=tuple(runs.activity(at, count) for at, count in changes[1:]),
    )

    assert {"scale_out_steps"} == outcomes(record)


def test_a_step_within_the_cooldown_counts_from_the_capacity_before():
    """2→3 cooling down, then 180 %: ⌈2 x 180 / 70⌉ is 6, and 3 x 180 / 70 is clamped to 6 too."""
    changes = [(0, 2), (8.1, 3), (9.1, 4), (12.1, 6), (34.1, 2)]
    cpu = [30.0] * 5 + [100.0] * 3 + [120.0] * 4 + [64.0] * 7 + [3.0] * 19
    record = runs.with_api(
        broken_run(),
        samples=runs.samples(changes, 38),
        cpu=runs.datapoints(cpu),
        activities=tuple(runs.activity(at, count) for at, count in changes[1:]),
    )

    assert WITHOUT_QUOTA == outcomes(record)


def test_a_scale_out_without_its_datapoints_fails():
    """Two datapoints over the target are one too few."""
    cpu = runs.datapoints([30.0] * 6 + [100.0] * 6 + [64.0] * 7 + [3.0] * 19)
    record = runs.with_api(broken_run(), cpu=cpu)

    assert {"scale_out_steps"} == outcomes(record)


def to_bound(at, desired, cause):
    """A scaling activity that no policy caused."""
    return replace(runs.activity(at, desired), cause=cause)


def test_a_correction_to_a_registered_bound_is_no_step_of_a_policy():
    """Registering a minimum of 2 takes a service from 1 to 2 without any load."""
    run = broken_run()
    record = runs.with_api(
        run,
        samples=runs.samples([(0, 1), (2.1, 2), (8.1, 3), (10.1, 5), (12.1, 6), (34.1, 2)], 38),
        activities=(to_bound(2.1, 2, "minimum capacity was set to 2"), *run.timeline.api.activities),
    )

    assert set() == outcomes(record)


@pytest.mark.parametrize("cause", ["minimum capacity was set to 3", "minimum capacity was set to 2", ""])
def test_a_correction_to_anything_else_is_a_wrong_step(cause):
    """Three is no bound of this service, whatever the activity says."""
    run = broken_run()
    changes = [(0, 2), (2.1, 3), (10.1, 5), (12.1, 6), (34.1, 2)]
    record = runs.with_api(
        run,
        samples=runs.samples(changes, 38),
        activities=(to_bound(2.1, 3, cause), *run.timeline.api.activities[1:]),
    )

    assert {"scale_out_steps"} == outcomes(record)


def test_a_step_starts_from_the_tasks_that_run():
    """One of three is lost: two at 130 % ask for four, and three would have asked for six."""
    changes = [(0, 2), (8.1, 3), (12.1, 4), (34.1, 2)]
    lost = tuple(
        replace(sample, running=2) if runs.real(10.6) <= sample.at <= runs.real(12.1) else sample
        for sample in runs.samples(changes, 38)
    )
    cpu = runs.datapoints([30.0] * 5 + [100.0] * 3 + [130.0] * 4 + [64.0] * 7 + [3.0] * 19)
    activities = tuple(runs.activity(at, count) for at, count in changes[1:])
    record = runs.with_api(broken_run(), samples=lost, cpu=cpu, activities=activities)

    assert WITHOUT_QUOTA == outcomes(record)
    again = runs.with_api(record, samples=runs.samples(changes, 38))
    assert {"scale_out_steps"} | WITHOUT_QUOTA == outcomes(again)


def with_backlog(run, changes, cpu, policy="backlog", cause="backlog"):
    """The run with a sender that also scales on its backlog, and what that has changed."""
    sender = replace(
        run.timeline.sender,
        policies=(*run.timeline.sender.policies, Policy(policy, "customized", 100.0, 60.0)),
        samples=runs.samples([(0, 1), *changes], 38),
        cpu=runs.datapoints(cpu),
        activities=tuple(runs.activity(at, count, policy=cause) for at, count in changes),
    )
    return runs.with_timeline(run, sender=sender)


def test_a_scale_out_of_another_policy_is_not_judged_by_cpu():
    """A worker may also scale on its backlog; CPU says nothing about that."""
    record = with_backlog(broken_run(), [(12.1, 3), (30.1, 1)], [20.0] * 38)

    assert set() == outcomes(record)


def test_a_second_policy_leaves_the_target_of_cpu_to_be_judged():
    """Its own target is another metric's."""
    checks = by_name(judge(with_backlog(broken_run(), [], [20.0] * 38)))

    assert ("pass", "notification-api 70 %, email-sender 70 %") == (
        checks["policy_target"].outcome,
        checks["policy_target"].figure,
    )


def test_a_policy_whose_name_begins_like_the_causing_one_excuses_nothing():
    """The CPU policy is answerable for a step that names it, whatever the others are called."""
    record = with_backlog(broken_run(), [(12.1, 3), (30.1, 1)], [20.0] * 38, "email", "email-cpu")

    assert {"scale_out_steps"} == outcomes(record)


def test_a_scale_in_needs_every_policy_whichever_is_named():
    """An empty queue takes no task away from a worker that is busy."""
    record = with_backlog(broken_run(), [(12.1, 3), (30.1, 1)], [65.0] * 38)

    assert {"scale_in_steps"} == outcomes(record)


def test_a_scale_in_of_another_policy_leaves_what_cpu_needs():
    """Three tasks at 60 % need all three for 70 %."""
    record = with_backlog(broken_run(), [(12.1, 3), (30.1, 1)], [60.0] * 38)

    assert {"scale_in_steps"} == outcomes(record)


def test_a_desired_count_that_nobody_asked_for_fails():
    """Somebody set 4 by hand."""
    record = runs.with_api(
        broken_run(),
        samples=runs.samples([(0, 2), (3, 4), (8.1, 3), (10.1, 5), (12.1, 6), (34.1, 2)], 38),
    )

    assert "desired_explained" in outcomes(record)


def test_a_change_between_two_samples_is_still_explained():
    """The observer may miss a count that lasted for less than a sample."""
    run = broken_run()
    seen = runs.samples([(0, 2), (8.1, 3), (12.1, 6), (34.1, 2)], 38)

    assert "desired_explained" not in outcomes(runs.with_api(run, samples=seen))


def test_tasks_that_never_run_fail():
    """The desired count alone serves nobody."""
    run = broken_run()
    stuck = tuple(replace(sample, running=2) for sample in run.timeline.api.samples)

    assert {"running_followed"} == outcomes(runs.with_api(run, samples=stuck))


def test_tasks_that_run_too_late_fail():
    """Six AWS minutes are twelve real seconds, and ten were allowed."""
    late = runs.samples([(0, 2), (8.1, 3), (18.1, 5), (24.1, 6), (34.1, 2)], 44, lag=6.0)

    assert "running_followed" in outcomes(runs.with_api(broken_run(), samples=late))


def test_a_fleet_that_stays_over_the_target_below_its_maximum_fails():
    """Neither calm nor as large as it may be."""
    changes = [(0, 2), (8.1, 3), (10.1, 5), (34.1, 2)]
    record = runs.with_api(
        broken_run(),
        samples=runs.samples(changes, 38),
        cpu=runs.datapoints([30.0] * 5 + [100.0] * 6 + [80.0] * 8 + [3.0] * 19),
        activities=tuple(runs.activity(at, count) for at, count in changes[1:]),
    )

    assert {"settled", "steps_in_time"} == outcomes(record)


def test_a_fleet_at_its_maximum_has_settled_at_any_cpu():
    """It cannot do more."""
    record = runs.with_api(broken_run(), cpu=runs.datapoints([30.0] * 5 + [100.0] * 14 + [3.0] * 19))

    assert set() == outcomes(record)


def test_a_scale_in_after_fourteen_datapoints_fails():
    """Fifteen of fifteen are needed below 63 %."""
    cpu = runs.datapoints([30.0] * 5 + [100.0] * 7 + [64.0] * 8 + [3.0] * 18)
    record = runs.with_api(broken_run(), cpu=cpu)

    assert {"scale_in_steps"} == outcomes(record)


def test_a_scale_in_that_takes_too_many_tasks_fails():
    """6 tasks at 50 % are 4.3 at 70 %, so 5 must stay."""
    cpu = runs.datapoints([30.0] * 5 + [100.0] * 7 + [64.0] * 7 + [50.0] * 19)

    assert {"scale_in_steps"} == outcomes(runs.with_api(broken_run(), cpu=cpu))


def test_a_fleet_that_never_shrinks_fails():
    """Six tasks for a trickle cost money."""
    run = broken_run()
    record = runs.with_api(
        run,
        samples=runs.samples([(0, 2), (8.1, 3), (10.1, 5), (12.1, 6)], 38),
        activities=run.timeline.api.activities[:-1],
    )

    assert {"back_at_minimum", "steps_in_time"} == outcomes(record)


def test_a_fleet_that_never_grows_fails():
    """Load over the target without a scale-out is the defect that all this is about."""
    record = runs.with_api(
        broken_run(),
        samples=runs.samples([(0, 2)], 38),
        cpu=runs.datapoints([30.0] * 5 + [100.0] * 14 + [3.0] * 19),
        activities=(),
    )

    assert {"scaled_out", "settled", "second_plan_empty", "steps_in_time"} == outcomes(record)


@pytest.mark.parametrize(
    ("status", "more"), [(0, set()), (503, set()), (504, set()), (422, {UNDOCUMENTED}), (200, {UNDOCUMENTED})]
)
def test_a_request_that_was_not_accepted_fails(status, more):
    """Scaling is invisible to clients, or it is not done."""
    record = runs.with_request(broken_run(), Request(runs.real(9), runs.real(10), status, error="gone"))

    assert {"failed_only_in_flight"} | more <= outcomes(record)


def test_a_kill_at_which_no_request_was_lost_fails():
    """None was there, so nothing was tried; or the load balancer gave it to another task."""
    run = broken_run()
    accepted = tuple(request for request in run.requests if request.accepted)

    assert {"requests_met_kills"} == outcomes(replace(run, requests=accepted))


@pytest.mark.parametrize("seconds", [-1.0, 1.0])
def test_a_request_that_fails_beside_a_kill_was_not_in_flight_at_it(seconds):
    """Long before or after it."""
    run = broken_run()
    lost = run.requests[-1]
    moved = replace(lost, started_at=lost.started_at + seconds, finished_at=lost.finished_at + seconds)

    assert {"requests_met_kills", "failed_only_in_flight"} == outcomes(
        replace(run, requests=(*run.requests[:-1], moved))
    )


def test_a_lost_mail_fails():
    """One of more than a thousand is one too many."""
    run = broken_run()

    checks = by_name(judge(replace(run, mails=run.mails[1:])))

    assert "fail" == checks["accepted_delivered"].outcome
    assert "n-0" in checks["accepted_delivered"].detail
