from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Calls, Disturbance, Fault, Mail, Request, Tried
from verify.verdict import disturbances as rules

# SQS fails from the 4th minute to the 8th, the relay greylists from the 12th to the 16th, and Secrets Manager
# is away from the 18th to the 21st, while a task of the API is killed.
SQS = (runs.real(4), runs.real(8))
GREYLIST = (runs.real(12), runs.real(16))
SECRETS = (runs.real(18), runs.real(21))
KILLED_AT = runs.real(19)
REFUSED = Request(
    SQS[0] + 1.0, SQS[0] + 3.0, 503, error="503", media_type="application/problem+json", retry_after="5"
)
ALL = (
    rules.disturbances_met,
    rules.only_queue_refuses,
    rules.refusals_say_when,
    rules.no_attempt_used_up,
    rules.recovered,
    rules.no_herd,
    rules.tasks_stay,
    rules.starting_tasks_wait,
)


def disturbed_run():
    """A correct run in which three dependencies were disturbed, and one request was refused."""
    run = runs.lost_task_run()
    disturbances = (
        Disturbance("sqs", "error", *SQS, settings={"code": "ServiceUnavailable", "toxicity": 0.5}),
        Disturbance("smtp", "error", *GREYLIST, settings={"greylist_seconds": 3.0, "toxicity": 1.0}),
        Disturbance("secretsmanager", "reset_peer", *SECRETS),
    )
    calls = [
        Calls(name, second, 2)
        for name in ("sqs", "smtp", "secretsmanager")
        for second in range(int(runs.real(0)), int(runs.real(30)))
    ]
    kill = Fault("SIGKILL", runs.API, "task/9", KILLED_AT, KILLED_AT + 0.01, SECRETS[1] + 2.0, ("task/new",))
    requests = tuple(request for request in run.requests if request.accepted)
    run = runs.with_api(run, samples=runs.samples([(0, 2)], 30))
    return replace(
        run,
        disturbances=disturbances,
        calls=tuple(calls),
        faults=(kill,),
        wanted_faults=((kill.kind, kill.service),),
        requests=(*requests, REFUSED),
        tried=tuple(Tried(request.id, "sent", 1) for request in requests),
    )


def failed(run):
    """Names of the rules that the run breaks."""
    return {check.name for check in (rule(run) for rule in ALL) if check.outcome != "pass"}


def with_refused(run, **changes):
    """The run, with its refused request changed."""
    return replace(run, requests=(*run.requests[:-1], replace(REFUSED, **changes)))


def with_tried(run, number, **changes):
    """The run, with what the ledger says of one notification changed."""
    tried = list(run.tried)
    tried[number] = replace(tried[number], **changes)
    return replace(run, tried=tuple(tried))


def id_at(run, instant):
    """Place of the notification that was accepted soon after an instant."""
    return next(number for number, one in enumerate(run.requests) if one.finished_at > instant)


def test_a_correct_run_passes_every_rule():
    """While SQS is away some are refused; nobody notices the others."""
    assert [] == sorted(failed(disturbed_run()))


def test_a_disturbance_that_nobody_met_fails():
    """A relay that was slow while no mail was sent shows nothing."""
    run = disturbed_run()

    assert {"disturbances_met"} == failed(
        replace(run, calls=[one for one in run.calls if one.dependency != "sqs"])
    )


def test_a_relay_is_met_by_mails_too():
    """They may all go over connections that were there before."""
    run = disturbed_run()

    assert set() == failed(replace(run, calls=[one for one in run.calls if one.dependency != "smtp"]))


@pytest.mark.parametrize("disturbances", [(), (Disturbance("sqs", "error", SQS[0]),)])
def test_nothing_disturbed_or_never_healed_fails(disturbances):
    """The one shows nothing; the other leaves the next scenario a broken system."""
    assert "disturbances_met" in failed(replace(disturbed_run(), disturbances=disturbances))


@pytest.mark.parametrize("minute", [2, 10, 14])
def test_a_refusal_while_sqs_is_well_fails(minute):
    """Neither the ledger's nor the relay's trouble is the caller's."""
    at = runs.real(minute)

    assert {"only_queue_refuses"} == failed(
        with_refused(disturbed_run(), started_at=at, finished_at=at + 0.1)
    )


def test_a_call_that_was_under_way_at_the_end_may_be_refused():
    """SQS was away when it was asked."""
    run = with_refused(disturbed_run(), started_at=SQS[1] + 0.5, finished_at=SQS[1] + 1.5)

    assert set() == failed(run)


@pytest.mark.parametrize("status", [500, 502, 504, 0])
def test_another_answer_than_503_fails(status):
    """An outage of SQS is foreseen; a crash or a timeout of the load balancer's is not the answer to it."""
    assert "only_queue_refuses" in failed(with_refused(disturbed_run(), status=status))


def test_what_was_in_flight_at_a_kill_is_excused():
    """And the load balancer's 503 is no problem document."""
    run = with_refused(
        disturbed_run(), started_at=KILLED_AT - 0.1, finished_at=KILLED_AT + 0.1, media_type="text/html"
    )

    assert set() == failed(run)


@pytest.mark.parametrize(
    "changes", [{"media_type": "text/html"}, {"retry_after": ""}, {"retry_after": "soon"}]
)
def test_a_refusal_that_does_not_say_when_fails(changes):
    """A caller that knows nothing comes again at once."""
    assert {"refusals_say_when"} == failed(with_refused(disturbed_run(), **changes))


def test_a_media_type_may_have_parameters():
    """RFC 9110 section 8.3.1."""
    assert set() == failed(
        with_refused(disturbed_run(), media_type="application/problem+json; charset=utf-8")
    )


@pytest.mark.parametrize("changes", [{"failures": 1}, {"state": "pending"}, {"state": "unknown"}])
def test_an_outage_that_counts_against_a_mail_fails(changes):
    """After enough outages it would be given up."""
    run = disturbed_run()

    assert {"no_attempt_used_up"} == failed(with_tried(run, id_at(run, SQS[0]), **changes))


def test_more_attempts_than_one_are_no_failures():
    """A relay that takes nothing is asked again, as often as it takes."""
    assert set() == failed(with_tried(disturbed_run(), 0, attempts=7, refusals=2))


@pytest.mark.parametrize(("failures", "broken"), [(3, set()), (6, {"no_attempt_used_up"})])
def test_a_greylist_is_met_now_and_then(failures, broken):
    """It is about the mail, so it counts; but a sender that comes again too often is none."""
    run = disturbed_run()

    assert broken == failed(with_tried(run, id_at(run, GREYLIST[0] + 1), failures=failures))


def test_a_mail_that_the_ledger_does_not_know_fails():
    """It was sent past the ledger, or not at all."""
    run = disturbed_run()

    assert {"no_attempt_used_up"} == failed(replace(run, tried=run.tried[1:]))


@pytest.mark.parametrize(("seconds", "broken"), [(90.0, set()), (120.0, {"recovered"})])
def test_a_mail_that_comes_long_after_fails(seconds, broken):
    """What waited for SQS must not wait for somebody to look."""
    run = disturbed_run()
    late = id_at(run, SQS[1] - 0.5)
    mails = list(run.mails)
    mails[late] = replace(mails[late], received_at=SQS[1] + seconds)

    assert broken == failed(replace(run, mails=tuple(mails)))


def test_without_a_mailbox_the_queue_says_when_all_was_done():
    """An empty queue stands for delivered mails."""
    run = disturbed_run()

    assert set() == failed(replace(run, mails=None))
    full = tuple(replace(one, in_flight=5) for one in run.timeline.queue)
    slow = runs.with_timeline(run, queue=full, ended_at=runs.real(80))
    assert {"recovered"} == failed(replace(slow, mails=None))


@pytest.mark.parametrize(("count", "broken"), [(30, set()), (31, {"no_herd"})])
def test_a_herd_after_an_outage_fails(count, broken):
    """All tasks at once, in the first seconds."""
    run = disturbed_run()
    herd = Calls("sqs", int(SQS[1]) + 2, count)

    assert broken == failed(replace(run, calls=(*run.calls, herd)))


def test_many_calls_before_allow_many_after():
    """A backlog is worked off faster than it came."""
    run = disturbed_run()
    busy = [Calls("sqs", int(SQS[0]) - 5, 10), Calls("sqs", int(SQS[1]) + 2, 55)]

    assert set() == failed(replace(run, calls=(*run.calls, *busy)))


def test_a_service_below_its_minimum_fails_but_for_a_task_that_was_killed():
    """An outage ends no task: the next one would need the same."""
    run = disturbed_run()
    samples = [
        replace(one, running=1) if KILLED_AT < one.at < SECRETS[1] else one
        for one in run.timeline.api.samples
    ]
    assert set() == failed(runs.with_api(run, samples=tuple(samples)))

    samples[12] = replace(samples[12], running=1)
    assert {"tasks_stay"} == failed(runs.with_api(run, samples=tuple(samples)))


@pytest.mark.parametrize("replaced_at", [None, SECRETS[1] - 1.0])
def test_a_task_that_starts_without_its_keys_fails(replaced_at):
    """It can tell nobody from anybody; and one that never starts is no better."""
    run = disturbed_run()
    kill = replace(run.faults[0], replaced_at=replaced_at)

    assert "starting_tasks_wait" in failed(replace(run, faults=(kill,)))


def test_a_mail_that_nobody_accepted_before_the_end_says_nothing_of_a_recovery():
    """The load goes on after it."""
    run = disturbed_run()
    stranger = Mail(SQS[1] + 500.0, "n-stranger")

    assert set() == failed(replace(run, mails=(*run.mails, stranger)))
