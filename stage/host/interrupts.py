"""Keeps Ctrl-C and its kin from splitting what must be done whole.

What is made must also be noted for its end, and an end must be carried through. Whoever does such things
holds the signals back, and lets them through where nothing can be lost: while waiting.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# Handlers are put back in this order: the one that is most likely to interrupt comes last.
_ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)

_Handler = Callable[[int, FrameType | None], object] | int | None

# A process has one handler for each signal, so there is one state: the handlers that ours stand in for,
# none while nothing is held, and what came meanwhile.
_replaced: dict[int, _Handler] = {}
_pending: list[int] = []


@contextmanager
def defer_signals() -> Iterator[None]:
    """Hold SIGINT, SIGTERM and SIGHUP back; afterwards they do what they would have done.

    In a thread other than the main one nothing needs to be held back: Python never interrupts it.
    """
    if not _in_main_thread() or _replaced:
        yield
        return
    try:
        _hold()
        yield
    finally:
        _let_go()


@contextmanager
def deliver_signals() -> Iterator[None]:
    """Within `held`, let signals through, also one that came before."""
    if not _in_main_thread() or not _replaced:
        yield
        return
    try:
        _let_go()
        yield
    finally:
        _hold()


def ignore() -> None:
    """Have the signals do nothing from now on; for a program that has nothing left but to exit."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    _replaced.clear()
    _pending.clear()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _hold() -> None:
    for number in _ENDING:
        # Remembered first: an interrupt between the two lines must not lose the handler.
        _replaced[number] = signal.getsignal(number)
        signal.signal(number, _note)


def _let_go() -> None:
    try:
        while _replaced:
            number, handler = next(iter(_replaced.items()))
            # None is a handler that was not made by Python, which cannot be put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
            del _replaced[number]
    finally:
        came, _pending[:] = _pending[:1], []
        # One is enough to end what is to end.
        for number in came:
            signal.raise_signal(number)


def _note(number: int, _frame: FrameType | None) -> None:
    _pending.append(number)
