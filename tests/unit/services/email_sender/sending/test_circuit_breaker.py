import pytest
from structlog.testing import capture_logs

from email_sender.sending.circuit_breaker import CircuitBreaker, State
from email_sender.sending.outcome import Outcome

_SLOTS = 16
_BAD = [Outcome.UNAVAILABLE, Outcome.UNCERTAIN]
_GOOD = [Outcome.SENT, Outcome.PERMANENT, Outcome.TRANSIENT]


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    """Time."""
    return Clock()


@pytest.fixture
def breaker(clock):
    """A breaker for sixteen slots, without chance."""
    return CircuitBreaker(_SLOTS, now=clock.now, jitter=lambda: 1.0)


@pytest.fixture
def hear(breaker):
    """Have so many mails that start now end like this."""

    def all_end(*outcomes, reason="421 down"):
        for outcome in outcomes:
            breaker.heard(breaker.epoch, outcome, reason)

    return all_end


@pytest.fixture
def opened(hear):
    """Open the breaker."""
    hear(*[Outcome.UNAVAILABLE] * 5)


@pytest.mark.parametrize("bad", _BAD)
def test_opens_after_bad_answers_in_a_row(breaker, hear, bad):
    """Five in a row are no chance: nothing is sent from then on, and readiness can say why."""
    hear(*[bad] * 4)
    assert (State.CLOSED, _SLOTS, None) == (breaker.state, breaker.permitted, breaker.outage.last_error)

    hear(bad)
    assert (State.OPEN, 0, "421 down") == (breaker.state, breaker.permitted, breaker.outage.last_error)


@pytest.mark.parametrize("good", _GOOD)
def test_any_answer_about_a_mail_begins_the_row_anew(breaker, hear, good):
    """Who refuses this mail is there to take another one."""
    for _ in range(5):
        hear(*[Outcome.UNAVAILABLE] * 4, good)

    assert State.CLOSED is breaker.state


@pytest.mark.parametrize("outcome", [Outcome.RELEASED, Outcome.EXPIRED])
def test_what_no_provider_has_seen_says_nothing(breaker, hear, outcome):
    """A mail that was not handed over neither opens nor closes anything."""
    hear(*[Outcome.UNAVAILABLE] * 4, *[outcome] * 9, Outcome.UNAVAILABLE)

    assert State.OPEN is breaker.state


@pytest.mark.usefixtures("opened")
def test_probes_come_later_and_later(breaker, clock):
    """After one second, two, four, and so on, but at least every thirty seconds."""
    waits = []
    for _ in range(7):
        waits.append(breaker.probe_at - clock.seconds)
        clock.seconds = breaker.probe_at
        breaker.probed("421 down")

    assert [1, 2, 4, 8, 16, 30, 30] == waits
    assert (State.OPEN, 0) == (breaker.state, breaker.permitted)


def test_probes_of_several_tasks_come_apart(clock):
    """Half of a pause is random."""
    waits = []
    for chance in (0.0, 0.5, 1.0):
        breaker = CircuitBreaker(_SLOTS, now=clock.now, jitter=lambda chance=chance: chance)
        for _ in range(5):
            breaker.heard(0, Outcome.UNAVAILABLE, "down")
        waits.append(breaker.probe_at - clock.seconds)

    assert [0.5, 0.75, 1.0] == waits


@pytest.mark.usefixtures("opened")
def test_good_probe_is_a_slow_start(breaker, hear, clock):
    """One mail in flight, then two, four and eight, each for at least a second, then all there may be."""
    breaker.probed(None)

    permitted = []
    while breaker.state is State.HALF_OPEN:
        permitted.append(breaker.permitted)
        hear(*[Outcome.SENT] * 50)
        assert breaker.permitted == permitted[-1]
        clock.seconds += 1
        hear(Outcome.SENT)

    assert [1, 2, 4, 8] == permitted
    assert (State.CLOSED, _SLOTS) == (breaker.state, breaker.permitted)


@pytest.mark.usefixtures("opened")
def test_step_takes_as_many_answers_as_it_permits(breaker, hear, clock):
    """Time alone does not make a slow start go faster."""
    breaker.probed(None)
    clock.seconds += 1
    hear(Outcome.SENT)
    clock.seconds += 100

    hear(Outcome.SENT)
    assert 2 == breaker.permitted
    hear(Outcome.SENT)
    assert 4 == breaker.permitted


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("bad", [*_BAD, Outcome.THROTTLED])
def test_bad_answer_in_a_slow_start_opens_again(breaker, hear, clock, bad):
    """A probe that went well was wrong; the next one waits longer, for only a sent mail resets the pause."""
    waits = []
    for _ in range(3):
        breaker.probed(None)
        hear(Outcome.PERMANENT)
        assert State.HALF_OPEN is breaker.state
        hear(bad)
        assert State.OPEN is breaker.state
        waits.append(breaker.probe_at - clock.seconds)
    assert [2, 4, 8] == waits

    breaker.probed(None)
    hear(Outcome.SENT, bad)
    assert 2 == breaker.probe_at - clock.seconds


@pytest.mark.usefixtures("opened")
def test_late_answers_say_nothing_of_now(breaker, clock):
    """Mails that were in flight when it opened may hang for long, and end in whatever way."""
    for epoch in range(breaker.epoch):
        for outcome in (*_GOOD, *_BAD, Outcome.THROTTLED):
            breaker.heard(epoch, outcome, "late")
    assert (State.OPEN, "421 down") == (breaker.state, breaker.outage.last_error)

    breaker.probed(None)
    clock.seconds += 1
    for epoch in range(breaker.epoch):
        for outcome in (*_BAD, Outcome.THROTTLED, *_GOOD):
            breaker.heard(epoch, outcome, "late")
    assert (State.HALF_OPEN, 1, None) == (breaker.state, breaker.permitted, breaker.outage.last_error)


def test_throttling_lowers_the_pace_first(breaker, hear):
    """Each throttled step halves the mails in flight; only when one at a time is too many it opens."""
    permitted = []
    while breaker.permitted > 1:
        hear(Outcome.THROTTLED)
        permitted.append(breaker.permitted)
    assert [8, 4, 2, 1] == permitted

    hear(*[Outcome.THROTTLED] * 4)
    assert State.CLOSED is breaker.state
    hear(Outcome.THROTTLED)
    assert State.OPEN is breaker.state


def test_burst_is_throttled_once(breaker):
    """Sixteen mails that were in flight together and are all throttled halve the pace once."""
    epoch = breaker.epoch
    for _ in range(_SLOTS):
        breaker.heard(epoch, Outcome.THROTTLED, "slow down")

    assert (State.CLOSED, _SLOTS // 2) == (breaker.state, breaker.permitted)


def test_pace_grows_by_one_for_each_mail_taken(breaker, hear):
    """What was halved grows slowly, up to what there was."""
    hear(Outcome.THROTTLED, Outcome.SENT, Outcome.SENT, Outcome.PERMANENT)
    assert 10 == breaker.permitted

    hear(*[Outcome.SENT] * 50)
    assert _SLOTS == breaker.permitted


def test_outage_is_two_lines(breaker, hear, clock):
    """However often it is probed, and however the start goes on, begin and end are told once."""
    with capture_logs() as logs:
        hear(*[Outcome.UNAVAILABLE] * 5)
        for _ in range(5):
            breaker.probed("421 down")
        breaker.probed(None)
        clock.seconds += 1
        hear(*[Outcome.SENT] * 20)

    assert [("provider_unavailable", "421 down"), ("provider_available", None)] == [
        (line["event"], line.get("reason")) for line in logs
    ]


def test_probes_that_mislead_are_not_believed_twice(breaker, hear):
    """A relay that greets and refuses every mail is unavailable until it has taken one."""
    with capture_logs() as logs:
        hear(*[Outcome.UNAVAILABLE] * 5)
        for _ in range(5):
            breaker.probed(None)
            hear(Outcome.UNAVAILABLE)
        breaker.probed(None)
        assert "421 down" == breaker.outage.last_error
        hear(Outcome.SENT)

    assert breaker.outage.last_error is None
    # Once it was believed.
    assert 4 == len(logs)


@pytest.mark.usefixtures("opened")
def test_answers_about_mails_close_it_too(breaker, hear, clock):
    """A provider that refuses each mail for itself is there."""
    breaker.probed(None)
    hear(Outcome.UNAVAILABLE)
    breaker.probed(None)
    for _ in range(4):
        clock.seconds += 1
        hear(*[Outcome.PERMANENT] * 8)

    assert (State.CLOSED, None) == (breaker.state, breaker.outage.last_error)


def test_one_hand(clock):
    """A sender with a single slot has a breaker all the same."""
    breaker = CircuitBreaker(1, now=clock.now, jitter=lambda: 1.0)
    for _ in range(5):
        breaker.heard(breaker.epoch, Outcome.THROTTLED, "slow down")
    assert State.OPEN is breaker.state

    breaker.probed(None)
    clock.seconds += 1
    breaker.heard(breaker.epoch, Outcome.SENT, "")
    assert (State.CLOSED, 1) == (breaker.state, breaker.permitted)
