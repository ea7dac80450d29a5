from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Held, Mail, Request
from verify.scenarios.lost_task import SCENARIO
from verify.verdict.check import by_name
from verify.verdict.requests import few_requests_failed

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


@pytest.mark.parametrize(
    ("minute", "wrong"), [(8.0, set()), (9.0, {"statuses_documented", "failed_only_in_flight"})]
)
def test_an_answer_that_is_cut_off_is_excused_by_a_kill_alone(minute, wrong):
    """Its head has come and its body, with the id, has not: a server writes them one after the other."""
    cut = Request(runs.real(minute) - 0.01, runs.real(minute) + 0.005, 202, error="IncompleteRead")

    assert wrong == outcomes(runs.with_request(runs.lost_task_run(), cut))


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


def test_a_killed_task_loses_no_more_than_its_share_of_what_was_open():
    """Of two tasks it has one half in hand, so that all of it cannot be explained by the kill."""
    record = runs.lost_task_run()
    lost = record.requests[-1]
    beside = replace(lost, status=202, id="n-1")
    few = replace(record, requests=(lost, beside))
    many = replace(record, requests=(lost, lost, lost, beside))

    assert "pass" == few_requests_failed(few).outcome
    assert "fail" == few_requests_failed(many).outcome
    assert "3 of 4, 2 allowed" in few_requests_failed(many).figure


def test_a_larger_fleet_loses_less_at_a_kill():
    """The more tasks there are, the less each of them has in hand."""
    record = runs.lost_task_run()
    lost = record.requests[-1]
    requests = (lost, lost, *[replace(lost, status=202, id="n-1")] * 2)
    four = runs.with_api(record, samples=runs.samples([(0, 4)], 30))

    assert "pass" == few_requests_failed(replace(record, requests=requests)).outcome
    assert "fail" == few_requests_failed(replace(four, requests=requests)).outcome


def test_a_run_without_requests_fails():
    """No request is no evidence."""
    found = outcomes(replace(runs.lost_task_run(), requests=()))

    assert {"accepted_delivered", "enough_requests", "mails_met_kills"} <= found


def test_a_request_lost_while_a_stopped_task_drains_fails():
    """ecs.stop_task takes the task out of the target group first."""
    stopped = runs.real(16)
    lost = Request(stopped + 1.0, stopped + 2.0, 502)

    found = outcomes(runs.with_request(runs.lost_task_run(), lost))

    assert {"failed_only_in_flight", "stop_task_loses_nothing"} == found


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
    assert {"accepted_delivered", "no_dead_letters"} == outcomes(replace(record, dead_letters=1))


@pytest.mark.parametrize("kind", ["SIGKILL", "ecs.stop_task", "Spot interruption"])
def test_the_fleet_is_not_at_rest_in_the_moment_before_its_sender_goes(kind):
    """The only one: what was accepted then waits for the next one, be it taken away in order."""
    run = with_fault(runs.lost_task_run(), 0, kind=kind)
    gone = run.faults[0].began_at
    waits = {request.id for request in run.requests if gone - 1.5 < request.finished_at <= gone}
    mails = [
        replace(mail, received_at=gone + 3.0) if mail.notification_id in waits else mail for mail in run.mails
    ]

    late = replace(run, mails=mails, baseline=(runs.real(0), gone))
    (check,) = [one for one in judge(late) if one.name == "delivered_in_time"]

    assert waits
    assert "pass" == check.outcome
