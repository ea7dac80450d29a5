import pytest

from tests.integration.declared import send_timeout_for


@pytest.mark.parametrize(
    ("python_seconds", "seconds"), [(0.05, 2), (0.1, 2), (0.11, 3), (0.3, 6), (1.0, 20), (5.0, 20)]
)
def test_a_slow_machine_gives_a_mail_more_time(python_seconds, seconds):
    """Between what is short for any machine and what the variable allows."""
    assert seconds == send_timeout_for(python_seconds)
