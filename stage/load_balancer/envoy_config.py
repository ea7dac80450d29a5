"""Bootstrap, listeners, clusters and endpoints for Envoy; pure.

Where Envoy's default differs from what an ALB does, the ALB wins; each such setting says so.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stage.clock import Clock
from stage.load_balancer.envoy_errors import (
    MAX_HEADERS,
    MAX_REQUEST_HEAD_KB,
    MAX_RESPONSE_HEAD_KB,
    local_replies,
)
from stage.load_balancer.envoy_headers import header_filter
from stage.load_balancer.envoy_routes import route_name
from stage.load_balancer.model import HealthCheck, Listener, TargetGroup

_TYPES = "type.googleapis.com/envoy"
# An ALB bounds neither connections nor requests to a target.
_UNLIMITED = 1_000_000
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
CONNECT_TIMEOUT_SECONDS = 10.0
# Else Envoy refuses every route of a listener for one rule with long or with many patterns.
_RUNTIME = {f"re2.max_program_size.{level}_level": _UNLIMITED for level in ("error", "warn")}
# Name under which responses are counted; `admin.py` reads it back.
COUNTER_PREFIX = "alb"
# Name of the listener that tells, by answering, how far the thread that routes has come.
BARRIER = "barrier"
# File with a JSON line for each time that a request was sent to a target.
ATTEMPTS = "attempts.jsonl"


def bootstrap(folder: Path, admin_address: str) -> dict[str, Any]:
    """Envoy's bootstrap configuration; everything else comes from files in `folder`."""
    return {
        "node": {"id": "load-balancer", "cluster": "stage"},
        "admin": {"address": _address(admin_address, 0)},
        "static_resources": {"listeners": [_barrier(admin_address)]},
        "dynamic_resources": {
            "cds_config": _file(folder / "cds.json"),
            "lds_config": _file(folder / "lds.json"),
        },
        "layered_runtime": {"layers": [{"name": "stage", "static_layer": _RUNTIME}]},
    }


def _barrier(address: str) -> dict[str, Any]:
    answer = {"match": {"prefix": "/"}, "direct_response": {"status": 200}}
    manager = {
        "@type": f"{_TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": BARRIER,
        "route_config": {"virtual_hosts": [{"name": "any", "domains": ["*"], "routes": [answer]}]},
        "http_filters": [_router()],
    }
    return _listener(BARRIER, (address, 0), manager)


def resources(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The envelope in which Envoy expects resources in a file."""
    return {"resources": list(items)}


def listener(
    declared: Listener,
    bind: tuple[str, int],
    idle_timeout: float,
    folder: Path,
    *,
    drop_invalid_headers: bool = False,
) -> dict[str, Any]:
    """A listener that takes its routes from a file, so that new weights touch no connection."""
    manager = {
        "@type": f"{_TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": route_name(declared),
        "rds": {
            "route_config_name": route_name(declared),
            "config_source": _file(folder / f"rds-{route_name(declared)}.json"),
        },
        "access_log": [_response_counter()],
        "use_remote_address": True,
        "generate_request_id": False,
        # A response's Server header tells whether the balancer itself answered, as on an ALB.
        "server_name": "awselb/2.0",
        "server_header_transformation": "APPEND_IF_ABSENT",
        # One idle timeout for clients and targets, whether a request is under way or not.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
        "stream_idle_timeout": _seconds(idle_timeout),
        "common_http_protocol_options": {
            "idle_timeout": _seconds(idle_timeout),
            "max_headers_count": MAX_HEADERS,
        },
        "max_request_headers_kb": MAX_REQUEST_HEAD_KB,
        # HTTP/2 needs an HTTPS listener, HTTP/1.0 and WebSockets any.
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
        "codec_type": "HTTP1",
        "http_protocol_options": {"accept_http_10": True, "default_host_for_http_10": bind[0]},
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "local_reply_config": local_replies(),
        "http_filters": [
            header_filter(drop_invalid=drop_invalid_headers),
            _router(upstream_log=[_attempt_log(folder)]),
        ],
    }
    return {
        "@type": f"{_TYPES}.config.listener.v3.Listener",
        **_listener(route_name(declared), bind, manager),
    }


def _listener(name: str, bind: tuple[str, int], manager: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "address": _address(*bind),
        # Else two processes could share the port and each would get part of the requests.
        "enable_reuse_port": False,
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    }


def _router(**more: Any) -> dict[str, Any]:
    return {
        "name": "router",
        "typed_config": {
            "@type": f"{_TYPES}.extensions.filters.http.router.v3.Router",
            "suppress_envoy_headers": True,
            **more,
        },
    }


def _attempt_log(folder: Path) -> dict[str, Any]:
    """One line each time that a request is sent to a target; a repeated one has several.

    An ALB repeats none, and whoever checks that needs more than what it says of its own configuration.
    """
    return {
        "name": "envoy.access_loggers.file",
        "typed_config": {
            "@type": f"{_TYPES}.extensions.access_loggers.file.v3.FileAccessLog",
            "path": str(folder / ATTEMPTS),
            "log_format": {
                "json_format": {
                    "at": "%START_TIME(%s.%3f)%",
                    "target": "%UPSTREAM_HOST%",
                    "traceparent": "%REQ(TRACEPARENT)%",
                    "status": "%RESPONSE_CODE%",
                }
            },
        },
    }


def cluster(group: TargetGroup, clock: Clock, idle_timeout: float, folder: Path) -> dict[str, Any]:
    """A target group; its targets come from a file of their own."""
    thresholds = dict.fromkeys(
        ("max_connections", "max_pending_requests", "max_requests", "max_retries"), _UNLIMITED
    )
    return {
        "@type": f"{_TYPES}.config.cluster.v3.Cluster",
        "name": group.name,
        "type": "EDS",
        "eds_cluster_config": {"eds_config": _file(folder / f"eds-{group.name}.json")},
        "connect_timeout": _seconds(CONNECT_TIMEOUT_SECONDS),
        "lb_policy": "LEAST_REQUEST" if group.least_outstanding_requests else "ROUND_ROBIN",
        "circuit_breakers": {"thresholds": [thresholds]},
        "health_checks": [_health_check(group.health_check, clock, folder)],
        # Else a healthy target keeps its traffic after it was deregistered.
        "ignore_health_on_host_removal": True,
        "common_lb_config": {
            # Fail open, but only when no target at all is healthy.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
            "healthy_panic_threshold": {"value": 1},
            # A target takes no request before its first check, not even when failing open.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
            "ignore_new_hosts_until_first_hc": True,
            # Else changes of health wait up to a second.
            "update_merge_window": "0s",
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_TYPES}.extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {
                    "idle_timeout": _seconds(idle_timeout),
                    "max_headers_count": MAX_HEADERS,
                    "max_response_headers_kb": MAX_RESPONSE_HEAD_KB,
                },
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }


def endpoints(group: TargetGroup, targets: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """The targets of a group at the addresses where they really listen."""
    return {
        "@type": f"{_TYPES}.config.endpoint.v3.ClusterLoadAssignment",
        "cluster_name": group.name,
        "endpoints": [{"lb_endpoints": [_endpoint(group, *target) for target in sorted(targets)]}],
    }


def _endpoint(group: TargetGroup, address: str, port: int) -> dict[str, Any]:
    checked_port = group.health_check.port or port
    check: dict[str, Any] = {"hostname": f"{address}:{checked_port}"}
    if checked_port != port:
        check["port_value"] = checked_port
    return {"endpoint": {"address": _address(address, port), "health_check_config": check}}


def _health_check(check: HealthCheck, clock: Clock, folder: Path) -> dict[str, Any]:
    interval = _seconds(clock.real_seconds(check.interval_seconds))
    return {
        "interval": interval,
        # Else a target without traffic is checked once a minute.
        "no_traffic_interval": interval,
        "no_traffic_healthy_interval": interval,
        # It bounds the work of a process, which is no faster here than on Fargate.
        "timeout": _seconds(check.timeout_seconds),
        # A target that passes its very first check is healthy at once, as on AWS. One that fails it
        # needs as many passes as any unhealthy one, where AWS would be content with the first.
        "healthy_threshold": check.healthy_threshold,
        "unhealthy_threshold": check.unhealthy_threshold,
        "reuse_connection": False,
        "http_health_check": {
            "path": check.path,
            "request_headers_to_add": [
                {
                    "header": {"key": "user-agent", "value": "ELB-HealthChecker/2.0"},
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                }
            ],
            "expected_statuses": [{"start": first, "end": last + 1} for first, last in check.matcher],
            # Else a single wrong status would be enough, whatever the threshold says.
            "retriable_statuses": [{"start": 100, "end": 600}],
        },
        # Failures go to a file because the admin interface does not tell why a check failed.
        "always_log_health_check_failures": True,
        "event_logger": [
            {
                "name": "envoy.health_check.event_sink.file",
                "typed_config": {
                    "@type": f"{_TYPES}.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
                    "event_log_path": str(folder / "health.log"),
                },
            }
        ],
    }


def _response_counter() -> dict[str, Any]:
    """Counts responses by target group, flags, status, and milliseconds until the target's first byte.

    Envoy's own counters do not tell a target's 500 from one that Envoy made. Its histograms are brought up
    to date every few seconds, which are AWS minutes.
    """
    tags = {
        "group": "%UPSTREAM_CLUSTER%",
        "flags": "%RESPONSE_FLAGS%",
        "code": "%RESPONSE_CODE%",
        "ms": "%COMMON_DURATION(US_TX_BEG:US_RX_BEG:ms)%",
    }
    stat = {
        "name": "response",
        "tags": [{"name": name, "value_format": value} for name, value in tags.items()],
    }
    return {
        "name": "envoy.access_loggers.stats",
        "typed_config": {
            "@type": f"{_TYPES}.extensions.access_loggers.stats.v3.Config",
            "stats_scope": {"prefix": COUNTER_PREFIX},
            "counters": [{"stat": stat, "value_fixed": 1}],
        },
    }


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _file(path: Path) -> dict[str, Any]:
    return {"path_config_source": {"path": str(path)}, "resource_api_version": "V3"}


def _seconds(duration: float) -> str:
    return f"{max(duration, 0.001):.3f}s"
