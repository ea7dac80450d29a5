"""The errors that an ALB makes itself, where Envoy would answer something else; pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from typing import Any

MAX_REQUEST_HEAD_KB = 64
MAX_RESPONSE_HEAD_KB = 32
# A head's size is limited and nothing else: this many of the shortest headers fill it.
MAX_HEADERS = MAX_REQUEST_HEAD_KB * 1024 // len("a:\r\n")

_TYPES = "type.googleapis.com/envoy"
_FORWARDED_ADDRESSES = 30
# The target refused or broke off, or what it sent was no HTTP.
_TARGET_BROKE_OFF = ["UF", "UC", "UR", "UPE", "LR"]


def local_replies() -> dict[str, Any]:
    """Envoy's own answers with an ALB's codes; the first filter that matches decides."""
    return {
        "mappers": [
            # The same flag as a refused connection; only the details tell them apart.
            {
                "filter": _expression("response.code_details.contains('connection_timeout')"),
                "status_code": 504,
            },
            {"filter": {"response_flag_filter": {"flags": _TARGET_BROKE_OFF}}, "status_code": 502},
            {"filter": _status(431), "status_code": 413},
        ]
    }


def refused_requests() -> list[dict[str, Any]]:
    """Routes that come before every rule: requests that an ALB takes to no target."""
    # Envoy has added the client's own address by now.
    too_many = f"([^,]*,){{{_FORWARDED_ADDRESSES + 1},}}.*"
    return [
        _refuse(405, ":method", {"exact": "TRACE"}),
        _refuse(463, "x-forwarded-for", {"safe_regex": {"regex": too_many}}),
    ]


def _refuse(status: int, header: str, value: dict[str, Any]) -> dict[str, Any]:
    match = {"prefix": "/", "headers": [{"name": header, "string_match": value}]}
    return {"match": match, "direct_response": {"status": status}}


def _expression(condition: str) -> dict[str, Any]:
    return {
        "extension_filter": {
            "name": "cel",
            "typed_config": {
                "@type": f"{_TYPES}.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                "expression": condition,
            },
        }
    }


def _status(code: int) -> dict[str, Any]:
    # The key is Envoy's to demand; nothing overrides it.
    value = {"default_value": code, "runtime_key": f"alb.status_{code}"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}
