from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.scenarios.lost_task import SCENARIO
from verify.timeline import Held, Mail, Request
from verify.verdict.check import by_name

RULES, judge = SCENARIO.rules, SCENARIO.judge
_MAX_IN_FLIGHT = 3


def outcomes(record):
    """Names of the checks that did not pass."""
    return {check.name for check in judge(record) if check.outcome != "pass"}


def with_fault(record, number, **changes):
    """The run, with one fault changed."""
    faults = list(record.faults)
    faults[number] = replace(faults[number], **changes)
    return replace(record, faults=tuple(faults))


def test_a_correct_run_passes_every_rule():
    """One request in flight at a SIGKILL may fail: the load balancer repeats nothing."""
    checks = judge(runs.lost_task_run())

    assert [(rule, "pass") for rule in RULES] == [(check.name, check.outcome) for check in checks]


def test_a_task_that_is_not_replaced_fails():
    """The service stays one task short."""
    assert {"tasks_replaced"} == outcomes(with_fault(runs.lost_task_run(), 1, replaced_at=None))


def test_a_task_that_is_replaced_too_late_fails():
    """The budget is part of the promise."""
    run = runs.lost_task_run()

    assert {"tasks_replaced"} == outcomes(with_fault(run, 0, replaced_at=run.faults[0].done_at + 20.1))


def test_a_service_that_is_whole_without_a_new_task_fails():
    """Then nothing was lost, and nothing was shown."""
    assert {"tasks_replaced"} == outcomes(with_fault(runs.lost_task_run(), 2, replacements=()))


def test_the_load_at_the_first_fault_is_told():
    """A fleet that was saturated already has more requests in hand to lose."""
    run = runs.lost_task_run()
    run = runs.with_api(run, cpu=runs.datapoints([20.0] * 3 + [48.0] + [99.0] * 26))

    check = by_name(judge(run))["faults_injected"]

    assert "4 tasks taken away, the fleet at 48 % CPU" == check.figure


@pytest.mark.parametrize("number", range(4))
def test_a_fault_that_was_not_done_fails(number):
    """A run in which nothing was broken shows no tolerance of faults."""
    run = runs.lost_task_run()
    faults = tuple(fault for other, fault in enumerate(run.faults) if other != number)

    assert "faults_injected" in outcomes(replace(run, faults=faults))


def test_on_aws_stopping_through_the_api_is_enough():
    """Nobody can send a signal into Fargate."""
    run = runs.lost_task_run()
    stops = tuple(fault for fault in run.faults if fault.kind == "ecs.stop_task")

    assert set() == outcomes(
        replace(run, faults=stops, wanted_faults=run.wanted_faults[2:], requests=run.requests[:-1])
    )


@pytest.mark.parametrize(("start", "end"), [(-2.0, -0.3), (0.3, 0.5)])
def test_a_request_that_failed_off_the_kill_fails(start, end):
    """Ended before the kill or begun after it, it was not in flight on the killed task."""
    killed = runs.real(8)
    stray = Request(killed + start, killed + end, 503)

    assert "failed_only_in_flight" in outcomes(runs.with_request(runs.lost_task_run(), stray))


def test_the_kill_of_a_sender_excuses_no_request():
    """Nobody waits for the sender's answer."""
    killed = runs.real(4)
    stray = Request(killed - 0.1, killed + 0.1, 503)

    assert "failed_only_in_flight" in outcomes(runs.with_request(runs.lost_task_run(), stray))


def test_more_lost_requests_than_one_in_a_thousand_fail():
    """Even if each was in flight."""
    record = runs.lost_task_run()
    for _ in range(1):
        record = runs.with_request(record, record.requests[-1])

    assert {"few_requests_failed"} == outcomes(record)


def test_a_run_without_requests_fails():
    """No request is no evidence."""
    assert {"few_requests_failed", "accepted_delivered"} == outcomes(
        replace(runs.lost_task_run(), requests=())
    )


def test_a_request_lost_while_a_stopped_task_drains_fails():
    """ecs.stop_task takes the task out of the target group first."""
    stopped = runs.real(16)
    lost = Request(stopped + 1.0, stopped + 2.0, 502)

    found = outcomes(runs.with_request(runs.lost_task_run(), lost))

    assert {"failed_only_in_flight", "few_requests_failed", "stop_task_loses_nothing"} == found


def test_a_mail_that_came_twice_fails():
    """SQS delivers at least once, and the ledger is there so that a person gets one mail."""
    run = runs.lost_task_run()
    twice = replace(run, mails=(*run.mails, Mail(runs.real(20), "n-7"), Mail(runs.real(21), "n-7")))

    check = by_name(judge(twice))["accepted_delivered"]

    assert "fail" == check.outcome
    assert "2 duplicates" in check.figure
    assert "n-7" in check.detail


def without_mail(run, attempt_at, count=1):
    """The run without the mails of some notifications, which the ledger calls unknown since such attempts."""
    missing = run.mails[700 : 700 + count]
    mails = tuple(mail for mail in run.mails if mail not in missing)
    return replace(
        run,
        mails=mails,
        held=tuple(Held(mail.notification_id, attempt_at) for mail in missing),
        max_in_flight=_MAX_IN_FLIGHT,
    )


def test_a_mail_that_a_killed_sender_had_in_hand_may_be_held():
    """Nobody can say whether it was sent, and the system says just that."""
    killed = runs.lost_task_run().faults[0].began_at

    check = by_name(judge(without_mail(runs.lost_task_run(), killed - 0.2)))["accepted_delivered"]

    assert "pass" == check.outcome
    assert "1 held: in flight in a killed task" in check.figure


@pytest.mark.parametrize(("count", "outcome"), [(_MAX_IN_FLIGHT, "pass"), (_MAX_IN_FLIGHT + 1, "fail")])
def test_a_kill_excuses_no_more_mails_than_a_task_sends_at_once(count, outcome):
    """Mails that are lost by a defect around a kill are not hidden by it."""
    killed = runs.lost_task_run().faults[0].began_at

    found = by_name(judge(without_mail(runs.lost_task_run(), killed - 0.2, count)))

    assert outcome == found["accepted_delivered"].outcome


@pytest.mark.parametrize("seconds", [-30.0, 1.0])
def test_a_mail_that_no_kill_explains_is_lost_whatever_the_ledger_says(seconds):
    """Its attempt was begun long before the kill, or after it."""
    run = runs.lost_task_run()

    assert {"accepted_delivered"} == outcomes(without_mail(run, run.faults[0].began_at + seconds))


def test_the_kill_of_an_api_task_excuses_no_held_mail():
    """It sends none."""
    run = runs.lost_task_run()

    assert {"accepted_delivered"} == outcomes(without_mail(run, run.faults[1].began_at))


def test_a_mail_of_another_scenario_is_no_duplicate():
    """The mail log holds what earlier scenarios sent, too."""
    run = runs.lost_task_run()
    others = (Mail(1.0, "earlier"), Mail(2.0, "earlier"))

    check = by_name(judge(replace(run, mails=(*others, *run.mails))))["accepted_delivered"]

    assert "0 duplicates" in check.figure


def test_without_a_mailbox_a_queue_that_is_not_empty_fails():
    """On AWS the queue and its dead letters are all that can be seen."""
    record = replace(runs.lost_task_run(), mails=None)
    left = runs.with_timeline(record, queue=(replace(record.timeline.queue[-1], in_flight=2),))

    assert set() == outcomes(record)
    assert {"accepted_delivered"} == outcomes(left)
    assert {"accepted_delivered"} == outcomes(replace(record, dead_letters=1))
