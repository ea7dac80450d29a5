"""Listener rules as Envoy routes; pure."""

import re
from collections.abc import Iterable
from typing import Any

from stage.load_balancer.envoy_errors import refused_requests
from stage.load_balancer.model import Action, FixedResponse, Forward, Listener, Redirect, Rule

# An ALB tells its targets nothing of how it is built.
_ENVOYS_OWN_HEADERS = ["x-envoy-external-address", "x-envoy-expected-rq-timeout-ms"]


def route_configuration(listener: Listener) -> dict[str, Any]:
    """Routes of one listener, in the order in which its rules are tried."""
    return {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": route_name(listener),
        "request_headers_to_remove": _ENVOYS_OWN_HEADERS,
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
        "request_headers_to_add": [_header("X-Forwarded-Port", str(listener.port))],
        "virtual_hosts": [
            {
                "name": "any",
                "domains": ["*"],
                "routes": [*refused_requests(), *(_route(rule) for rule in listener.rules)],
            }
        ],
    }


def route_name(listener: Listener) -> str:
    """Name that ties a listener to its routes; also their file's name."""
    return f"http-{listener.port}"


def _route(rule: Rule) -> dict[str, Any]:
    route = {"match": _match(rule), **_action(rule.action)}
    if isinstance(rule.action, FixedResponse):
        route["response_headers_to_add"] = [_header("content-type", rule.action.content_type)]
    return route


def _match(rule: Rule) -> dict[str, Any]:
    match: dict[str, Any] = {"prefix": "/"}
    if rule.paths:
        match = {"safe_regex": {"regex": _any_of(rule.paths)}}
    headers = []
    if rule.hosts:
        # Host names are compared without regard to case; a port in the header does not count.
        headers.append((":authority", f"(?i){_any_of(rule.hosts)}(:[0-9]+)?"))
    if rule.methods:
        headers.append((":method", _any_of(rule.methods)))
    if headers:
        match["headers"] = [
            {"name": name, "string_match": {"safe_regex": {"regex": regex}}} for name, regex in headers
        ]
    return match


def _any_of(patterns: Iterable[str]) -> str:
    """A regular expression for ALB patterns: `*` is any characters, `?` exactly one.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
    """
    wild = {r"\*": ".*", r"\?": "."}
    expressions = (
        re.sub(r"\\[*?]", lambda found: wild[found.group()], re.escape(pattern)) for pattern in patterns
    )
    return f"({'|'.join(expressions)})"


def _action(action: Action) -> dict[str, Any]:
    match action:
        case Forward():
            return _forward(action)
        case FixedResponse():
            return {"direct_response": {"status": action.status, "body": {"inline_string": action.body}}}
        case Redirect():
            return {"redirect": _redirect(action)}


def _forward(action: Forward) -> dict[str, Any]:
    weights = [(name, weight) for name, weight in action.weights if weight > 0]
    if not weights:
        return {"direct_response": {"status": 503}}
    # No retry policy: an ALB sends a request to one target, once. No route timeout either: only the
    # listener's idle timeout ends a request.
    if len(weights) == 1:
        return {"route": {"cluster": weights[0][0], "timeout": "0s"}}
    clusters = [{"name": name, "weight": weight} for name, weight in weights]
    return {"route": {"weighted_clusters": {"clusters": clusters}, "timeout": "0s"}}


def _redirect(action: Redirect) -> dict[str, Any]:
    fields = {
        "scheme_redirect": action.scheme,
        "host_redirect": action.host,
        "port_redirect": action.port,
        "path_redirect": action.path,
        "response_code": {301: "MOVED_PERMANENTLY", 302: "FOUND"}[action.status],
    }
    return {name: value for name, value in fields.items() if value is not None}


def _header(name: str, value: str) -> dict[str, Any]:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
