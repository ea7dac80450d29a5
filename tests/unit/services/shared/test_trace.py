import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trace import next_span, trace_id_of, traceparent_of, tracestate_of

_TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
_FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@pytest.mark.parametrize("flags", ["00", "01"])
def test_goes_on_with_a_trace(flags):
    """Trace id and sampling are the caller's, the span is our own."""
    span = next_span(f"00-{_TRACE_ID}-00f067aa0ba902b7-{flags}")

    assert _TRACE_ID == trace_id_of(span)
    assert traceparent_of(span).startswith(f"00-{_TRACE_ID}-")
    assert traceparent_of(span).endswith(f"-{flags}")
    assert "00f067aa0ba902b7" not in traceparent_of(span)


@pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "nonsense",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{_TRACE_ID}-{'0' * 16}-01",
        f"ff-{_TRACE_ID}-00f067aa0ba902b7-01",
        f"00-{_TRACE_ID.upper()}-00f067aa0ba902b7-01",
        f"00-{_TRACE_ID}-00f067aa0ba902b7-01-extra",
    ],
)
def test_begins_a_trace(traceparent):
    """What is no trace context of the W3C's form counts as none: a new trace begins, and is sampled."""
    one, other = traceparent_of(next_span(traceparent)), traceparent_of(next_span(traceparent))

    assert one.split("-")[1] not in {_TRACE_ID, other.split("-")[1]}
    assert one.endswith("-01")


@given(
    st.none()
    | st.text()
    | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True)
)
def test_always_of_the_form(traceparent):
    """Whatever a caller sends, what goes on is a trace context that everybody can read."""
    assert _FORM.fullmatch(traceparent_of(next_span(traceparent)))


_TRACEPARENT = f"00-{_TRACE_ID}-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("tracestate", "goes_on"),
    [
        (None, ""),
        ("", ""),
        ("congo=t61rcWkgMzE", "congo=t61rcWkgMzE"),
        ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        (" a=1 ,, \t b@c=2,", "a=1,b@c=2"),
        ("a=1=2", ""),
        ("A=1", ""),
        ("a=1,a=2", ""),
        ("nonsense", ""),
        ("a=\x07", ""),
        ("a=1\r\nBcc: eve", ""),
        ("a=\xe9", ""),
        (",".join(f"k{n}=1" for n in range(32)), ",".join(f"k{n}=1" for n in range(32))),
        (",".join(f"k{n}=1" for n in range(33)), ""),
        ("a=" + "x" * 256, "a=" + "x" * 256),
        ("a=" + "x" * 257, ""),
        ("a=1," * 100_000, ""),
    ],
)
def test_tracestate_goes_on_as_it_came(tracestate, goes_on):
    """What is of the W3C's form goes on in its order; what is not is dropped as a whole."""
    assert goes_on == tracestate_of(next_span(_TRACEPARENT, tracestate))


def test_long_tracestate_loses_large_members_first():
    """Of more than 512 characters the large members go first, and then the last ones."""
    large = f"large={'x' * 200},"
    small = ",".join(f"k{n}={'y' * 20}" for n in range(20))
    many = ",".join(f"k{n}={'y' * 40}" for n in range(20))

    assert small == tracestate_of(next_span(_TRACEPARENT, large + small))
    assert tracestate_of(next_span(_TRACEPARENT, many)) == many[: many.index(",k11=")]
    assert len(tracestate_of(next_span(_TRACEPARENT, large + many))) <= 512


@pytest.mark.parametrize("traceparent", [None, "nonsense", f"{_TRACEPARENT},{_TRACEPARENT}"])
def test_tracestate_of_no_trace_is_dropped(traceparent):
    """Without a trace to belong to, also where two were named, there is no state either."""
    span = next_span(traceparent, "congo=t61rcWkgMzE")

    assert "" == tracestate_of(span)
    assert _TRACE_ID != trace_id_of(span)


def test_traceparent_of_any_length():
    """A header of any length is looked at no further than it could be one, and says nothing in the log."""
    assert _TRACE_ID != trace_id_of(next_span(_TRACEPARENT + " " * 100_000))


@given(st.text())
def test_tracestate_always_of_the_form(tracestate):
    """Whatever a caller sends, what goes on fits into a header and an attribute of SQS."""
    goes_on = tracestate_of(next_span(_TRACEPARENT, tracestate))

    assert len(goes_on) <= 512
    assert re.fullmatch(r"[\x20-\x7e]*", goes_on)
