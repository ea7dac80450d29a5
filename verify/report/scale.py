"""Scales of a chart's axes: where a value lies, and which values are written beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# More labels than this would touch, on a page as broad as it gets.
_MAX_TIME_TICKS = 12
_MINUTE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240)
_ROUND = (1.0, 2.0, 5.0, 10.0)
_NEXT_UNIT = 1000
# From here on a decimal tells nothing.
_WHOLE = 10.0


@dataclass(frozen=True)
class Tick:
    """A value that is written beside an axis.

    Attributes:
        at: Where, as percent of the axis from its left or upper end.
        label: The value, as it is written.
    """

    at: float
    label: str


@dataclass(frozen=True)
class Linear:
    """A scale from 0 upward.

    Attributes:
        top: Value at the upper end.
        step: Distance of the values that are written.
    """

    top: float
    step: float

    @classmethod
    def over(cls, highest: float, ticks: int = 3, *, whole: bool = False) -> "Linear":
        """A scale that has room for a value, with about so many ticks; counts are whole numbers."""
        rough = max(highest, 1e-9) / ticks
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(factor * power for factor in _ROUND if factor * power >= rough * (1 - 1e-9))
        if whole or highest <= 0:
            step = max(1.0, step)
        return cls(step * max(1, math.ceil(highest / step - 1e-9)), step)

    def down(self, value: float) -> float:
        """Percent of the height that lie above a value."""
        return round(100.0 * (1.0 - min(max(value, 0.0), self.top) / self.top), 2)

    def ticks(self) -> Sequence[Tick]:
        """Values to write, from 0 upward."""
        count = int(self.top / self.step + 1e-9)
        return [Tick(self.down(n * self.step), f"{round(n * self.step, 6):g}") for n in range(count + 1)]


@dataclass(frozen=True)
class Logarithmic:
    """A scale of seconds by powers of ten: one slow answer does not flatten all the others.

    Attributes:
        low: Exponent of the lower end.
        high: Exponent of the upper end.
    """

    low: int
    high: int

    @classmethod
    def over(cls, values: Sequence[float]) -> "Logarithmic":
        """A scale that has room for all positive values, a power of ten at least; 1 ms to 10 ms for none."""
        positive = [value for value in values if value > 0] or [0.005]
        low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
        return cls(low, max(high, low + 1))

    def down(self, value: float) -> float:
        """Percent of the height that lie above a value."""
        exponent = math.log10(max(value, 10.0**self.low))
        return round(100.0 * (self.high - min(exponent, self.high)) / (self.high - self.low), 2)

    def ticks(self) -> Sequence[Tick]:
        """Powers of ten, from the lower end."""
        powers = [10.0**exponent for exponent in range(self.low, self.high + 1)]
        return [Tick(self.down(power), spoken(power)) for power in powers]


@dataclass(frozen=True)
class TimeAxis:
    """The axis that all rows of a chart share.

    Attributes:
        length: Real seconds.
        minute: Real seconds that one AWS minute takes.
    """

    length: float
    minute: float

    def across(self, seconds: float) -> float:
        """Percent of the width that lie left of an instant, kept within the chart."""
        return round(100.0 * min(max(seconds, 0.0), self.length) / self.length, 2)

    def minutes(self) -> Sequence[Tick]:
        """AWS minutes."""
        count = self.length / self.minute
        step = next((step for step in _MINUTE_STEPS if count / step <= _MAX_TIME_TICKS), _MINUTE_STEPS[-1])
        return [Tick(self.across(n * self.minute), f"{n}") for n in range(0, int(count + 1e-9) + 1, step)]

    def seconds(self) -> Sequence[Tick]:
        """Real seconds."""
        step = Linear.over(self.length, _MAX_TIME_TICKS - 2, whole=True).step
        count = int(self.length / step + 1e-9)
        return [Tick(self.across(n * step), f"{n * step:g}") for n in range(count + 1)]


def spoken(seconds: float) -> str:
    """A duration in two or three digits, with the unit that suits it: "4.2 ms", "730 ms", "12 s"."""
    for unit, size in (("µs", 1e-6), ("ms", 1e-3)):
        if round(seconds / size) < _NEXT_UNIT:
            return _digits(seconds / size, unit)
    return _digits(seconds, "s")


def _digits(value: float, unit: str) -> str:
    digits = f"{value:.1f}" if round(value, 1) < _WHOLE else f"{value:.0f}"
    return f"{digits.removesuffix('.0')} {unit}"
