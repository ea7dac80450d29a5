import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.report.scale import Linear, Logarithmic, TimeAxis, spoken


@pytest.mark.parametrize(
    ("highest", "whole", "labels"),
    [
        (95.0, False, ["0", "50", "100"]),
        (100.0, False, ["0", "50", "100"]),
        (7.4, True, ["0", "5", "10"]),
        (1.4, True, ["0", "1", "2"]),
        (0.3, False, ["0", "0.1", "0.2", "0.3"]),
        (0.0, True, ["0", "1"]),
        (4000.0, True, ["0", "2000", "4000"]),
    ],
)
def test_an_axis_is_labelled_with_round_values(highest, whole, labels):
    """From 0 to a round value that has room for everything; counts have no halves."""
    assert labels == [tick.label for tick in Linear.over(highest, whole=whole).ticks()]


@given(st.floats(0, 1e9), st.integers(1, 10), st.booleans())
def test_every_value_has_room(highest, ticks, whole):
    """Neither above the upper end nor beside more labels than were asked for, by far."""
    scale = Linear.over(highest, ticks, whole=whole)

    assert 0 <= scale.down(highest) <= 100
    assert highest <= scale.top * (1 + 1e-6)
    assert 100.0 == scale.down(0.0) == scale.ticks()[0].at
    assert len(scale.ticks()) <= ticks + 2


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.004, 0.9], ["1 ms", "10 ms", "100 ms", "1 s"]),
        ([0.02], ["10 ms", "100 ms"]),
        ([], ["1 ms", "10 ms"]),
        ([0.0, 30.0], ["10 s", "100 s"]),
    ],
)
def test_latency_has_a_label_for_each_power_of_ten(values, labels):
    """Of the values that there are, one power at least."""
    assert labels == [tick.label for tick in Logarithmic.over(values).ticks()]


@given(st.lists(st.floats(1e-6, 1e4), min_size=1))
def test_every_duration_has_room(values):
    """The highest lies above the lowest, and both within."""
    scale = Logarithmic.over(values)

    assert 0 <= scale.down(max(values)) <= scale.down(min(values)) <= 100


def test_time_is_told_in_aws_minutes_and_in_real_seconds():
    """38 AWS minutes took 76 seconds; each has its own scale."""
    axis = TimeAxis(76.0, 2.0)

    assert ["0", "5", "10", "15", "20", "25", "30", "35"] == [tick.label for tick in axis.minutes()]
    assert ["0", "10", "20", "30", "40", "50", "60", "70"] == [tick.label for tick in axis.seconds()]
    assert pytest.approx(100 * 70 / 76, abs=0.01) == axis.minutes()[-1].at == axis.seconds()[-1].at


@given(st.floats(1, 1e5), st.floats(0.5, 60))
def test_labels_of_time_never_touch(length, minute):
    """A dozen at most, unless a run takes days, and none outside."""
    axis = TimeAxis(length, minute)

    for ticks in (axis.minutes(), axis.seconds()):
        assert len(ticks) <= max(13, length / minute / 240 + 1)
        assert all(0 <= tick.at <= 100 for tick in ticks)


def test_an_instant_outside_is_kept_at_the_edge():
    """A mark a moment before the first sample is still seen."""
    assert (0.0, 50.0, 100.0) == tuple(TimeAxis(10.0, 2.0).across(at) for at in (-1.0, 5.0, 11.0))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0000004, "0.4 µs"),
        (0.00025, "250 µs"),
        (0.0042, "4.2 ms"),
        (0.004, "4 ms"),
        (0.00996, "10 ms"),
        (0.73, "730 ms"),
        (0.9996, "1 s"),
        (1.25, "1.2 s"),
        (9.96, "10 s"),
        (72.4, "72 s"),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(seconds, text):
    """Two digits are enough to compare."""
    assert text == spoken(seconds)
