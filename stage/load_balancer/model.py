"""Data of the load balancer: what is declared, and what Envoy says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Target(NamedTuple):
    """One registered target, as `RegisterTargets` names it."""

    ip: str
    port: int


@dataclass(frozen=True)
class HealthCheck:
    """Health check of a target group.

    Attributes:
        path: Request path.
        port: Port that is asked; None is the port that takes the traffic.
        interval_seconds: AWS seconds between two checks of one target.
        timeout_seconds: Real seconds until an unanswered check has failed.
        healthy_threshold: Passed checks in a row that make an unhealthy target healthy.
        unhealthy_threshold: Failed checks in a row that make a target unhealthy.
        matcher: Accepted status codes as inclusive ranges.
    """

    path: str
    port: int | None
    interval_seconds: float
    timeout_seconds: float
    healthy_threshold: int
    unhealthy_threshold: int
    matcher: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class TargetGroup:
    """A target group without its targets, which change far more often.

    Attributes:
        arn: Identifies the group to the API.
        name: Unique in account and region; letters, digits and hyphens.
        health_check: What makes a target healthy.
        deregistration_delay_seconds: AWS seconds that a deregistered target drains.
        least_outstanding_requests: Next request goes to the least busy target, else in turns.
    """

    arn: str
    name: str
    health_check: HealthCheck
    deregistration_delay_seconds: float
    least_outstanding_requests: bool

    @property
    def dimension(self) -> str:
        """Value of CloudWatch's `TargetGroup` dimension."""
        return self.arn.rsplit(":", 1)[-1]


@dataclass(frozen=True)
class Forward:
    """Send the request to one of several target groups, by name, in proportion to their weights."""

    weights: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FixedResponse:
    """Answer without any target."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True)
class Redirect:
    """Send the client elsewhere; None keeps that part of the request's own URL."""

    status: int
    scheme: str | None
    host: str | None
    port: int | None
    path: str | None


Action = Forward | FixedResponse | Redirect


@dataclass(frozen=True)
class Rule:
    """An action and when it applies: every condition given, any of a condition's patterns.

    Attributes:
        action: What happens.
        paths: Path patterns with `*` and `?`; empty matches every path.
        hosts: Host patterns with `*` and `?`; empty matches every host.
        methods: HTTP methods; empty matches every method.
    """

    action: Action
    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listener:
    """An HTTP listener; the last of its rules is the default action."""

    port: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Topology:
    """Listeners, rules and target groups that are declared, without registered targets.

    Attributes:
        load_balancer: Value of CloudWatch's `LoadBalancer` dimension; None while there is none.
        idle_timeout_seconds: Real seconds without a byte after which a connection is closed.
        drop_invalid_headers: Whether headers with invalid names are removed from requests.
        listeners: Lowest port first.
        target_groups: All of them, in use or not.
    """

    load_balancer: str | None = None
    idle_timeout_seconds: float = 60.0
    drop_invalid_headers: bool = False
    listeners: tuple[Listener, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()

    def is_used(self, group: TargetGroup) -> bool:
        """Whether some listener may forward to a target group, if only with weight 0."""
        return any(
            group.name == name
            for listener in self.listeners
            for rule in listener.rules
            if isinstance(rule.action, Forward)
            for name, _ in rule.action.weights
        )


class Endpoint(NamedTuple):
    """One endpoint of one target group, at its real address."""

    group: str
    address: str
    port: int


@dataclass(frozen=True)
class EndpointHealth:
    """Health of an endpoint as Envoy sees it.

    Attributes:
        pending: Its first health check has not ended.
        failed: It failed as many checks as make it unhealthy, or its first one.
        timed_out: The check that failed was not answered in time.
    """

    pending: bool
    failed: bool
    timed_out: bool


@dataclass(frozen=True)
class GroupCounts:
    """Requests to one target group since the load balancer started, as CloudWatch counts them.

    Attributes:
        requests: Those for which one of its targets was chosen.
        target_5xx: Responses 5xx that its targets made.
        response_times: How many responses began after so many seconds.
    """

    requests: int = 0
    target_5xx: int = 0
    response_times: Mapping[float, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestCounts:
    """Requests since the load balancer started, as CloudWatch counts them.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html

    Attributes:
        load_balancer: Value of the `LoadBalancer` dimension; None while there is no load balancer.
        requests: Those for which a target could be chosen.
        target_5xx: Responses 5xx that targets made.
        elb_5xx: Responses 5xx that the load balancer made.
        groups: The same by target group.
    """

    load_balancer: str | None = None
    requests: int = 0
    target_5xx: int = 0
    elb_5xx: int = 0
    groups: Mapping[str, GroupCounts] = field(default_factory=dict)
