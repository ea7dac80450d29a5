import pytest

from verify.report.phases import Phase, Step, Stopwatch


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_a_phase_is_timed_with_its_steps():
    """A step goes from its words to the next ones; the same topic twice is one, and an instant is none."""
    phases, clock, said = [], Clock(), []
    with Stopwatch(phases, clock).phase("Bringing the stage up", said.append) as say:
        clock.seconds = 1.0
        say("terraform apply: created 1 of 60")
        clock.seconds = 80.0
        say("terraform apply: created 60 of 60")
        clock.seconds = 81.0
        say("one vCPU is 0.4 core")
        clock.seconds = 81.2
        say("email-sender: 0 of 1 running")
        clock.seconds = 84.2

    assert [
        Phase(
            "Bringing the stage up",
            84.2,
            (Step("terraform apply", 80.0), Step("email-sender", pytest.approx(3.0))),
        )
    ] == phases
    assert "terraform apply: created 1 of 60" == said[0]


def test_a_phase_that_breaks_off_is_timed_too():
    """Its time went all the same."""
    phases, clock = [], Clock()
    stopwatch = Stopwatch(phases, clock)

    def break_off():
        with stopwatch.phase("Lost tasks"):
            clock.seconds = 30.0
            raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        break_off()

    assert [Phase("Lost tasks", 30.0)] == phases
