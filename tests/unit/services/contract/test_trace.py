import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.trace import next_span, trace_id_of, traceparent_of

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
