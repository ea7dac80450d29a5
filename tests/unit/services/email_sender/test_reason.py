import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.text import single_line
from email_sender.reason import MOST_CHARACTERS, fit_reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 <ada@example.com>: no such user", "550 5.1.1 <address>: no such user"),
        ("451 line one\r\nline two", "451 line one line two"),
        ("  ", "no reason was given"),
    ],
)
def test_reason_names_nobody_and_is_one_line(text, reason):
    """What a relay says is kept without the address that it quotes, on one line."""
    assert reason == fit_reason(text)


@given(text=st.text(max_size=1000))
def test_any_reason_fits(text):
    """Whatever a provider says fits into a message attribute, a log line and a timeline."""
    reason = fit_reason(text)

    assert 1 <= len(reason) <= MOST_CHARACTERS
    assert reason == single_line(reason)
