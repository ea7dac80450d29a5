import functools
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from email_sender.reason import MAX_CHARACTERS, fit_reason
from shared.text import single_line


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


def test_reason_of_a_mail_names_no_part_of_its_recipient():
    """What is known to be somebody's name is not kept, even alone."""
    assert "550 5.1.1 <address>: no such user" == fit_reason("550 5.1.1 ada: no such user", "ada@example.com")


@pytest.mark.parametrize("piece", ["<", "a.a@", "a.a", "\x00", '"', " ", "\ud800"])
def test_reason_is_not_read_to_the_end(piece):
    """A megabyte takes no longer than what is looked at of it."""
    short, long = (
        min(timeit.repeat(functools.partial(fit_reason, piece * size), number=1, repeat=7))
        for size in (4_096, 1_000_000)
    )

    assert long < 8 * short


@given(text=st.text(max_size=1000), recipient=st.text(max_size=30) | st.emails())
def test_any_reason_fits(text, recipient):
    """Whatever a provider says fits into a message attribute, a log line and a timeline."""
    reason = fit_reason(text, recipient)

    assert 1 <= len(reason) <= MAX_CHARACTERS
    assert reason == single_line(reason)
