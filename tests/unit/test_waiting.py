import threading

import pytest

from tests.integration.waiting import wait_for
from tests.waiting import eventually


def test_a_wait_in_vain_names_what_did_not_come_and_the_last_answer():
    """Whoever reads the failure need not look for the line that waited."""
    with pytest.raises(AssertionError, match=r"^no mail within 0 s; the last answer was \[\]$"):
        eventually(list, allowed=0, what="mail")


def test_a_wait_ends_with_the_first_answer_that_counts():
    """What was asked before is not asked again."""
    answers = iter([None, 0, "mail", "another"])

    assert "mail" == wait_for("mail", lambda: next(answers))
    assert "another" == next(answers)


def test_an_error_of_the_question_is_the_failure():
    """A container that has ended says so itself, and not that something was slow."""

    def ask():
        raise AssertionError("the container has ended")

    with pytest.raises(AssertionError, match=r"^the container has ended$"):
        wait_for("mail", ask)


def test_a_wait_in_vain_says_where_every_thread_stands(capfd):
    """What nobody could repeat is told by its only failure: a call that hangs is in some thread's stack."""
    answer = threading.Event()

    def call_that_hangs():
        answer.wait()

    thread = threading.Thread(target=call_that_hangs)
    thread.start()
    try:
        with pytest.raises(AssertionError):
            eventually(list, allowed=0)
    finally:
        answer.set()
        thread.join()

    assert "in call_that_hangs" in capfd.readouterr().err
