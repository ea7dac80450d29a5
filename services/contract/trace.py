"""W3C trace context: what ties a request, its message and its mail together.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

import random

from opentelemetry.context import Context
from opentelemetry.trace import SpanContext, TraceFlags, format_span_id, format_trace_id, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"
"""Name of the HTTP header, of the SQS message attribute and of the mail header alike."""

_PROPAGATOR = TraceContextTextMapPropagator()
_NOWHERE = Context()


def next_span(traceparent: str | None) -> SpanContext:
    """A span of our own in the caller's trace, or in a new one where the caller names none.

    What is no trace context of the W3C's form counts as none.
    """
    parent = _PROPAGATOR.extract({TRACEPARENT: traceparent}, _NOWHERE) if traceparent else _NOWHERE
    caller = get_current_span(parent).get_span_context()
    span_id = random.getrandbits(64) or 1
    if caller.is_valid:
        return SpanContext(caller.trace_id, span_id, is_remote=False, trace_flags=caller.trace_flags)
    trace_id = random.getrandbits(128) or 1
    return SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def trace_id_of(span: SpanContext) -> str:
    """The trace's id as logs and mails show it: 32 hexadecimal digits."""
    return format_trace_id(span.trace_id)


def traceparent_of(span: SpanContext) -> str:
    """The header's value for whoever is called next."""
    return f"00-{format_trace_id(span.trace_id)}-{format_span_id(span.span_id)}-{span.trace_flags:02x}"
