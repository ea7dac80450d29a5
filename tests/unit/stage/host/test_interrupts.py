import signal
import threading

import pytest

from stage.host.interrupts import defer_signals, deliver_signals, ignore

ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def handlers():
    """GIVEN that each signal interrupts; afterwards the handlers are those from before."""
    before = {number: signal.getsignal(number) for number in ENDING}
    for number in ENDING:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def interrupts():
    """Which of the signals would interrupt now."""
    return [number for number in ENDING if signal.getsignal(number) is signal.default_int_handler]


@pytest.mark.parametrize("number", ENDING)
def test_what_is_held_runs_to_its_end(number):
    """The signal does its work when the block is over, not before."""
    done = []

    def work():
        with defer_signals():
            signal.raise_signal(number)
            done.append("all")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert ["all"] == done
    assert ENDING == interrupts()


def test_no_signal_no_interrupt():
    """A block that nobody disturbed leaves the handlers as they were."""
    with defer_signals():
        assert [] == interrupts()

    assert ENDING == interrupts()


def test_many_signals_interrupt_once():
    """Whoever presses Ctrl-C again and again ends one thing, not what comes after it too."""

    def work():
        with defer_signals():
            for number in (*ENDING, *ENDING):
                signal.raise_signal(number)

    with pytest.raises(KeyboardInterrupt):
        work()
    with defer_signals():
        pass


def test_an_inner_hold_ends_with_the_outer_one():
    """What is held stays held until nobody holds it."""
    done = []

    def work():
        with defer_signals():
            with defer_signals():
                signal.raise_signal(signal.SIGINT)
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert ["outer"] == done


def test_a_wait_may_be_interrupted():
    """Where nothing can be lost, Ctrl-C works at once."""
    waited = []

    def wait():
        with deliver_signals():
            signal.raise_signal(signal.SIGINT)
            waited.append("in vain")

    with defer_signals():
        with pytest.raises(KeyboardInterrupt):
            wait()
        assert [] == interrupts()

    assert [] == waited


def test_what_came_before_a_wait_interrupts_it():
    """Nobody waits for minutes for what was to end already."""
    waited = []

    def wait():
        with deliver_signals():
            waited.append("in vain")

    with defer_signals():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            wait()
        # From here on the end is carried through, whatever else comes.
        assert [] == interrupts()

    assert [] == waited


def test_outside_of_a_hold_nothing_needs_to_be_allowed():
    """The handlers stay those of whoever did not hold."""
    with deliver_signals():
        assert ENDING == interrupts()

    assert ENDING == interrupts()


def test_another_thread_holds_nothing():
    """Python interrupts the main thread alone, and only it may set handlers."""
    seen = []

    def run():
        with defer_signals(), deliver_signals():
            seen.append(interrupts())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert [ENDING] == seen


def test_a_block_that_fails_gives_the_handlers_back():
    """An error leaves no process that cannot be ended."""
    with pytest.raises(ValueError, match="wrong"), defer_signals():
        raise ValueError("wrong")

    assert ENDING == interrupts()


def test_a_program_at_its_end_is_not_interrupted():
    """What came is forgotten, and what comes does nothing."""
    with defer_signals():
        signal.raise_signal(signal.SIGINT)
        ignore()

    for number in ENDING:
        signal.raise_signal(number)
