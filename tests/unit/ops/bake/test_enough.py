import pytest

from ops.bake.enough import Further, further
from ops.bake.evidence import Evidence, Side
from ops.bake.judge import Verdict, judge
from tests.unit.ops.bake.figures import evidence, mails, side

TENTH = {"canary": {"requests": 60}, "stable": {"requests": 540}}


def in_minutes(**rates):
    """Evidence of a tenth of the requests, and what is still to come of it."""
    return lambda minutes: evidence(
        *({**TENTH[name], **rates.get(name, {}), "minutes": minutes} for name in ("canary", "stable"))
    )


@pytest.mark.parametrize(
    "rates",
    [
        {},
        {"stable": {"failed": 3}},
        {"canary": {"failed": 1}, "stable": {"failed": 7}},
        {"canary": {"failed": 1}, "stable": {"failed": 5}},
    ],
    ids=["nothing failed", "better", "a little worse", "worse"],
)
def test_what_is_told_to_come_decides(rates):
    """With as many requests again as are told there is a verdict, with two thirds of them there is none."""
    after = in_minutes(**rates)
    told = further(after(3))

    assert Verdict.NOT_ENOUGH == judge(after(3)).verdict
    assert Verdict.NOT_ENOUGH == judge(after(3 + 2 * told.minutes // 3)).verdict
    assert Verdict.NOT_ENOUGH != judge(after(3 + told.minutes)).verdict


@pytest.mark.parametrize("latency", [{}, {"p50": 0.0285}, {"p50": 0.1}, {"p99": 0.14}, {"p99": 0.15}])
def test_what_is_told_to_come_decides_over_latency(latency):
    """About: how a latency scatters is known of few minutes."""
    after = in_minutes(canary={"requests": 300, **latency}, stable={"requests": 300})
    told = further(after(4))

    assert Verdict.NOT_ENOUGH == judge(after(4)).verdict
    assert Verdict.NOT_ENOUGH != judge(after(4 + 2 * told.minutes)).verdict


def test_requests_come_at_the_rate_at_which_they_came():
    """Minutes without any count: 180 came within six minutes, and 420 or so are to come."""
    figures = evidence(
        {"requests": 60, "others": [{"minute": n, "requests": 0} for n in (1, 3, 5)], "minutes": 6},
        {"requests": 540, "minutes": 6},
    )

    told = further(figures)

    assert 410 <= told.requests <= 440
    assert told.minutes == -(-told.requests // 30)


@pytest.mark.parametrize(
    "figures",
    [
        evidence(),
        evidence({"alarms": ["a"]}, {"alarms": ["b"]}),
        Evidence("notification-api", Side(), Side(), share=0.1),
        Evidence("notification-api", side(), Side(), share=1.0),
    ],
    ids=["enough", "trouble elsewhere", "no traffic", "the canary alone"],
)
def test_nothing_is_told_where_requests_of_the_canary_would_decide_nothing(figures):
    """A number that is made of nothing helps nobody."""
    assert further(figures) is None


@pytest.mark.parametrize("share", [0.1, 0.0, None])
def test_a_canary_without_requests_needs_some_and_gets_none(share):
    """Nothing failed so far: 598 of its own without a failure would do."""
    told = further(Evidence("notification-api", Side(), side(requests=900), share=share))

    assert 598 <= told.requests <= 615
    assert told.minutes is None


def test_what_more_of_the_same_does_not_decide_has_no_number():
    """A canary that is faster in one minute and slower in the next is neither, however often that is seen."""
    canary = side(minutes=4, others=[{"minute": n, "p50": (0.02, 0.1)[n % 2]} for n in range(4)])
    stable = side(minutes=4, p50=0.03)

    assert Verdict.NOT_ENOUGH == judge(Evidence("notification-api", canary, stable)).verdict
    assert further(Evidence("notification-api", canary, stable)) is None


def test_too_few_requests_a_minute_need_longer_stretches():
    """Latency needs seven times of fifty requests at least, however many minutes each takes."""
    told = further(evidence({"requests": 20, "minutes": 60}, {"requests": 180, "minutes": 60}))

    assert Further(350, 18) == told


def test_what_is_told_of_few_mails_decides():
    """Neither hundreds of them are asked for, nor durations."""

    def after(minutes):
        return mails({"requests": 1}, {"requests": 2}, minutes=minutes, together_minutes=minutes)

    told = further(after(5))

    assert Verdict.NOT_ENOUGH == judge(after(5)).verdict
    assert Further(4, 4) == told
    assert Verdict.PASS == judge(after(5 + told.minutes)).verdict


def test_refusals_that_may_be_the_mails_own_take_more_of_them():
    """Until two percentage points more of them are out of the question, or known."""

    def after(minutes):
        return mails({"refused": 27}, {"refused": 20}, minutes=minutes)

    told = further(after(7))

    assert Verdict.NOT_ENOUGH == judge(after(7)).verdict
    assert Verdict.NOT_ENOUGH != judge(after(7 + told.minutes)).verdict
