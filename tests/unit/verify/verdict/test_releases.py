"""Made-up releases, in which one thing is broken at a time."""

from dataclasses import replace

import pytest

from tests.unit.verify.released_runs import BAD, BAD_ENDS, CANARY, EVERY, GOOD, STABLE, good_run
from tests.unit.verify.runs import real
from verify.released import DriftCheck
from verify.verdict import releases as rules
from verify.verdict.limits import running_within_desired

RULES = (
    rules.releases_ended_as_wanted,
    rules.good_release_fails_nothing,
    rules.bad_releases_hurt_few,
    rules.canary_gets_its_share,
    rules.nothing_drifted,
    rules.statuses_documented,
)


def broken(run):
    """Names of the rules that a run breaks, with what they say."""
    return {check.name: check.detail for check in (rule(run) for rule in RULES) if check.outcome != "pass"}


def with_release(run, number, **changes):
    """The run, with one of its releases changed."""
    changed = list(run.releases)
    changed[number] = replace(changed[number], **changes)
    return replace(run, releases=tuple(changed))


def with_failed(run, *minutes, status=500):
    """The run, with the request after each of these times failed."""
    failed = {int(minute / EVERY) + 1 for minute in minutes}
    return replace(
        run,
        requests=tuple(
            replace(request, status=status, id="") if number in failed else request
            for number, request in enumerate(run.requests)
        ),
    )


@pytest.fixture(scope="module")
def run():
    """GIVEN releases that went as they should."""
    return good_run()


def test_releases_that_went_well_pass(run):
    """And the figures say what was counted."""
    assert {} == broken(run)
    assert "0 of 106" in rules.good_release_fails_nothing(run).figure
    assert f"{BAD}: " in rules.bad_releases_hurt_few(run).figure
    assert f"{GOOD} at 25 %: " in rules.canary_gets_its_share(run).figure


@pytest.mark.parametrize(
    ("number", "changes", "told"),
    [
        (
            0,
            {"status": 4, "reasons": ("too slow",)},
            f"{GOOD}, a good version, ended with status 4 and not 0: too slow",
        ),
        (0, {"stable": "0.1.0"}, f"{GOOD}, a good version, left 0.1.0 out"),
        (0, {"canary": GOOD}, f"{GOOD}, a good version, left a candidate out"),
        (1, {"status": 0, "stable": BAD}, f"{BAD}, which answers 500, ended with status 0 and not 4 or 5"),
        (1, {"stable": BAD}, f"{BAD}, which answers 500, left {BAD} out"),
        (1, {"status": 6}, f"{BAD}, which answers 500, ended with status 6 and not 4 or 5"),
        (1, {"reasons": ("too few tasks",)}, f"{BAD}, which answers 500, was taken back for something else"),
        (1, {"reasons": ()}, "no reason given"),
    ],
)
def test_a_release_that_ended_otherwise_fails(run, number, changes, told):
    """The sentence says which, and how."""
    found = broken(with_release(run, number, **changes))

    assert {"releases_ended_as_wanted"} == set(found)
    assert told in found["releases_ended_as_wanted"]


def test_a_candidate_that_is_still_there_fails(run):
    """Whatever the command says: AWS is asked."""
    left = [replace(one, weight=25) if one.asked_at >= real(BAD_ENDS) else one for one in run.canary]
    found = broken(replace(run, canary=tuple(left)))

    assert f"{BAD}, which answers 500, left a candidate out" in found["releases_ended_as_wanted"]


def test_no_release_at_all_fails(run):
    """Nothing was shown."""
    found = broken(replace(run, releases=()))

    assert "no version was released" in found["releases_ended_as_wanted"]
    assert "only 0 requests" in found["good_release_fails_nothing"]


def test_one_request_that_a_good_release_fails_fails(run):
    """Of thousands; also while nothing of it is out yet."""
    found = broken(with_failed(run, 1.5, status=502))

    assert {"good_release_fails_nothing"} == set(found)
    assert "1 x status 502" in found["good_release_fails_nothing"]


def test_too_few_requests_prove_nothing(run):
    """None failed of hardly any."""
    found = broken(replace(run, requests=run.requests[::2]))

    assert "requests were made" in found["good_release_fails_nothing"]


def test_failures_while_a_bad_version_has_no_share_fail(run):
    """It should not be able to hurt anybody then."""
    found = broken(with_failed(run, 18.1, 25.9))

    assert {"bad_releases_hurt_few"} == set(found)
    assert "while it had no share, 2 x status 500" in found["bad_releases_hurt_few"]


def test_more_failures_than_its_share_fail(run):
    """The stable version fails requests, too."""
    minutes = [20.5 + number * EVERY for number in range(1200)]
    found = broken(with_failed(run, *minutes))

    assert "failed" in found["bad_releases_hurt_few"]
    assert "more than its share" in found["bad_releases_hurt_few"]


@pytest.mark.parametrize(
    "task_of",
    [
        pytest.param(lambda _call, _minute: STABLE, id="none of the requests"),
        pytest.param(lambda call, minute: CANARY if 10 <= minute < 16 else call.task_arn, id="all at 50 %"),
        pytest.param(lambda call, minute: CANARY if 3 < minute < 3.5 else call.task_arn, id="some at 0 %"),
    ],
)
def test_a_share_that_is_not_the_weight_fails(run, task_of):
    """The load balancer sends as many as it is told to."""
    handled = tuple(
        replace(call, task_arn=task_of(call, number * EVERY)) for number, call in enumerate(run.handled)
    )
    assert {"canary_gets_its_share"} == set(broken(replace(run, handled=handled)))


def test_a_canary_that_never_had_a_share_fails(run):
    """A release that promotes at once is none."""
    never = [replace(one, weight=0) for one in run.canary]
    handled = tuple(replace(call, task_arn=STABLE) for call in run.handled)
    found = broken(with_release(replace(run, canary=tuple(never), handled=handled), 1, fault="x"))

    assert "no candidate had a share for long enough" in found["canary_gets_its_share"]


def test_what_differs_fails(run):
    """Each difference is told, at whatever look; nobody having looked fails, too."""
    drifted = replace(run.drift[-1], differs=("aws_lb_listener weight: 25",))
    for looks in ((drifted,), (drifted, *run.drift)):
        assert {"nothing_drifted": "aws_lb_listener weight: 25"} == broken(replace(run, drift=looks))
    assert {"nothing_drifted": "nobody looked"} == broken(replace(run, drift=()))


def test_what_could_not_be_told_while_there_were_releases_is_told_afterwards(run):
    """An apply that goes on through a look leaves it open; after all of them nothing may be."""
    untold = replace(run.drift[-1], untold=("state could not be told: it changed three times",))

    assert {} == broken(replace(run, drift=(untold, *run.drift)))
    assert "three times" in broken(replace(run, drift=(*run.drift, untold)))["nothing_drifted"]


def looks(run, *minutes):
    """The run, with half a minute's look for drift at each of these times, of which two are wanted."""
    beside = tuple(DriftCheck(real(minute), real(minute + 0.5)) for minute in minutes)
    return replace(run, drift=(*beside, *run.drift), wanted_drift_checks=3)


def scaled(run, minute):
    """The run, in which the API got one more task at a time."""
    api = run.timeline.api
    samples = tuple(replace(one, desired=one.desired + (one.at >= real(minute))) for one in api.samples)
    return replace(run, timeline=replace(run.timeline, api=replace(api, samples=samples)))


def test_looks_beside_releases_and_scaling_pass(run):
    """They are counted by what went on meanwhile."""
    check = rules.drift_looked_for_meanwhile(looks(scaled(run, 26.7), 5.0, 26.5))

    assert "pass" == check.outcome
    assert "3 of 3 looks, 1 within releases, 1 while it scaled" == check.figure


@pytest.mark.parametrize(
    ("minutes", "scaled_at", "says"),
    [
        ((26.5,), 26.7, "only 2 were clean"),
        ((26.5, 27.2), 26.7, "only 0 within releases"),
        ((0.8, 26.5), 26.7, "only 0 within releases"),
        ((5.0, 26.5), 40.0, "only 0 while it scaled"),
    ],
)
def test_looks_that_show_less_than_is_said_fail(run, minutes, scaled_at, says):
    """Too few, or none at the time that matters."""
    check = rules.drift_looked_for_meanwhile(looks(scaled(run, scaled_at), *minutes))

    assert "fail" == check.outcome
    assert says in check.detail


@pytest.mark.parametrize("found", [{"differs": ("x",)}, {"untold": ("x",)}])
def test_a_look_that_is_not_clean_does_not_count(run, found):
    """Neither what differs nor what could not be told is a look that shows anything."""
    whole = looks(scaled(run, 26.7), 5.0, 26.5)
    first, *others = whole.drift

    check = rules.drift_looked_for_meanwhile(replace(whole, drift=(replace(first, **found), *others)))

    assert "only 2 were clean; only 0 within releases" in check.detail


def test_an_undocumented_status_is_a_bad_versions_alone(run):
    """A good one answers as is documented."""
    found = broken(with_failed(run, 5.0, status=500))

    assert "1 answered 500" in found["statuses_documented"]


def test_a_kill_that_was_to_be_and_was_not_fails(run):
    """Nothing shows then that the command goes on from there."""
    kills = ("updated", "promote", "updated")
    wanted = with_release(run, 0, wanted_kills=kills, killed=kills)

    assert "pass" == rules.killed_at_each_step(wanted).outcome
    for killed, missing in (
        (("updated", "updated"), "promote"),
        # Of two applies only one was broken off.
        (("updated", "promote"), "updated"),
    ):
        found = rules.killed_at_each_step(with_release(wanted, 0, killed=killed))
        assert f"{GOOD} never at: {missing}" == found.detail
    assert "nowhere" == rules.killed_at_each_step(run).detail


@pytest.mark.parametrize(
    ("minute", "running", "outcome"), [(17, 4, "pass"), (17, 5, "fail"), (29, 3, "fail")]
)
def test_a_deployment_may_run_as_many_tasks_again_and_no_more(run, minute, running, outcome):
    """And only while a release goes on."""
    api = run.timeline.api
    samples = tuple(replace(one, running=running) if one.at >= real(minute) else one for one in api.samples)
    crowded = replace(run, timeline=replace(run.timeline, api=replace(api, samples=samples)))
    # A task that is on its way out when the last release ends has its budget still.
    until = real(18) if minute == 29 else real(60)

    assert outcome == running_within_desired(with_release(crowded, 1, ended_at=until)).outcome
