import pytest

from tests.integration import declared
from tests.integration.declared import python_seconds, send_timeout_for


@pytest.mark.parametrize(
    ("python_seconds", "seconds"), [(0.05, 10), (0.5, 10), (0.51, 11), (0.7, 14), (1.0, 20), (5.0, 20)]
)
def test_a_slow_machine_gives_a_mail_more_time(python_seconds, seconds):
    """Between what the variable allows and what a test can wait for."""
    assert seconds == send_timeout_for(python_seconds)


def test_what_disturbs_one_try_alone_does_not_count(monkeypatch):
    """A machine is as fast as the quickest of a few programs."""
    clock = iter([0.0, 0.9, 1.0, 1.1, 2.0, 2.4])
    monkeypatch.setattr(declared.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(declared.subprocess, "run", lambda *_, **__: None)

    assert pytest.approx(0.1) == python_seconds()
