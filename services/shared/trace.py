"""W3C trace context: what ties a request, its message and its mail together.

https://www.w3.org/TR/trace-context/#traceparent-header
https://www.w3.org/TR/trace-context/#tracestate-header
"""

import random
import re

from opentelemetry.context import Context
from opentelemetry.trace import (
    SpanContext,
    TraceFlags,
    TraceState,
    format_span_id,
    format_trace_id,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"
"""Name of the HTTP header, of the SQS message attribute and of the mail header alike."""

TRACESTATE = "tracestate"
"""Name of the header and attribute for tracing systems' own data, which goes on as it came."""

# Of what is read at all; a traceparent of the only version there is has 55 characters.
_MAX_TRACEPARENT = 256
_MAX_TRACESTATE_READ = 8192
# Of what goes on: https://www.w3.org/TR/trace-context/#tracestate-limits
_MAX_TRACESTATE = 512
_MAX_MEMBERS = 32
_LARGE_MEMBER = 128
_MEMBER = re.compile(
    r"([a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])"
)

_PROPAGATOR = TraceContextTextMapPropagator()
_NOWHERE = Context()


def next_span(traceparent: str | None, tracestate: str | None = None) -> SpanContext:
    """A span of our own in the caller's trace, or in a new one where the caller names none.

    What is no trace context of the W3C's form counts as none.

    Args:
        traceparent: The header's value; several are none, joined by commas as HTTP joins them.
        tracestate: The same of this header, of which there may be several. Counts only beside a trace.
    """
    parent = _NOWHERE
    if traceparent and len(traceparent) <= _MAX_TRACEPARENT:
        parent = _PROPAGATOR.extract({TRACEPARENT: traceparent}, _NOWHERE)
    caller = get_current_span(parent).get_span_context()
    span_id = random.getrandbits(64) or 1
    if caller.is_valid:
        state = TraceState(_members(tracestate)) if tracestate else None
        return SpanContext(caller.trace_id, span_id, False, caller.trace_flags, state)
    trace_id = random.getrandbits(128) or 1
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _members(tracestate: str) -> list[tuple[str, str]]:
    """The list's members; none if it is not of the form, or has more than may be.

    A list that is too long loses its large members first and then the last ones.
    """
    if len(tracestate) > _MAX_TRACESTATE_READ:
        return []
    texts = [text for each in tracestate.split(",") if (text := each.strip(" \t"))]
    found = [_MEMBER.fullmatch(text) for text in texts]
    members = {match[1]: match[2] for match in found if match is not None}
    if len(members) != len(texts) or len(texts) > _MAX_MEMBERS:
        return []
    left = list(members.items())
    for large in (True, False):
        for member in reversed(tuple(left)):
            if sum(len(key) + len(value) + 2 for key, value in left) - 1 <= _MAX_TRACESTATE:
                return left
            if not large or len(member[0]) + len(member[1]) + 1 > _LARGE_MEMBER:
                left.remove(member)
    return left


def trace_id_of(span: SpanContext) -> str:
    """The trace's id as logs and mails show it: 32 hexadecimal digits."""
    return format_trace_id(span.trace_id)


def traceparent_of(span: SpanContext) -> str:
    """The header's value for whoever is called next."""
    return f"00-{format_trace_id(span.trace_id)}-{format_span_id(span.span_id)}-{span.trace_flags:02x}"


def tracestate_of(span: SpanContext) -> str:
    """The value of `tracestate` for whoever is called next; empty for none."""
    return span.trace_state.to_header() if span.trace_state else ""
