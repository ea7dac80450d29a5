"""What is read from the ELBv2 API, and what is refused by name."""

import pytest

from stage.errors import StageError
from stage.load_balancer.model import FixedResponse, Forward, HealthCheck, Redirect, Rule, Topology
from stage.load_balancer.read import read_action, read_rule, read_targets, read_topology

FIXED = {
    "Type": "fixed-response",
    "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no"},
}


def test_nothing_declared_is_an_empty_topology(declared):
    """There is no load balancer to name and nothing to listen on."""
    assert Topology() == read_topology(declared.elbv2)


def test_a_target_group_is_read_whole(declared):
    """Health check, deregistration delay and algorithm are what was declared."""
    arn = declared.group(
        "api",
        HealthCheckPath="/healthz",
        HealthCheckPort="9000",
        HealthCheckIntervalSeconds=15,
        HealthCheckTimeoutSeconds=10,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        Matcher={"HttpCode": "200,202-204"},
    )
    declared.elbv2.modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[
            {"Key": "deregistration_delay.timeout_seconds", "Value": "15"},
            {"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"},
        ],
    )
    (group,) = read_topology(declared.elbv2).target_groups
    assert (group.arn, group.name) == (arn, "api")
    assert HealthCheck("/healthz", 9000, 15, 10, 2, 3, ((200, 200), (202, 204))) == group.health_check
    assert (15, True) == (group.deregistration_delay_seconds, group.least_outstanding_requests)


def test_what_is_not_declared_has_awss_default(declared):
    """The traffic port, status 200, five minutes of deregistration delay, a minute of idle timeout."""
    declared.service()
    topology = read_topology(declared.elbv2)
    (group,) = topology.target_groups
    assert (None, ((200, 200),)) == (group.health_check.port, group.health_check.matcher)
    assert (300, 60) == (group.deregistration_delay_seconds, topology.idle_timeout_seconds)


def test_whether_invalid_headers_are_dropped_is_read(declared):
    """Not unless the load balancer says so."""
    declared.service()
    before = read_topology(declared.elbv2).drop_invalid_headers
    arn = declared.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    declared.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}],
    )

    assert (False, True) == (before, read_topology(declared.elbv2).drop_invalid_headers)


def test_rules_come_by_priority_with_the_default_last(declared):
    """Listeners come by port; each has its rules in the order in which they are tried."""
    blue, green = declared.group("blue"), declared.group("green")
    arn = declared.balancer()
    declared.listener(FIXED, port=8181)
    weights = [{"TargetGroupArn": blue, "Weight": 90}, {"TargetGroupArn": green, "Weight": 10}]
    listener = declared.listener({"Type": "forward", "ForwardConfig": {"TargetGroups": weights}})
    redirect = {"Type": "redirect", "RedirectConfig": {"Path": "/new", "StatusCode": "HTTP_302"}}
    for priority, path, action in ((200, "/b", FIXED), (3, "/a/*", redirect)):
        conditions = [{"Field": "path-pattern", "Values": [path]}]
        declared.elbv2.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[action]
        )
    topology = read_topology(declared.elbv2)
    assert [80, 8181] == [listener.port for listener in topology.listeners]
    fixed = FixedResponse(404, "text/plain", "no")
    assert topology.listeners[0].rules == (
        Rule(Redirect(302, None, None, None, "/new"), paths=("/a/*",)),
        Rule(fixed, paths=("/b",)),
        Rule(Forward((("blue", 90), ("green", 10)))),
    )
    assert arn.endswith(f":loadbalancer/{topology.load_balancer}")
    assert all(topology.is_used(group) for group in topology.target_groups)


def test_only_registered_targets_are_read(declared):
    """A deregistered target is nobody's any more."""
    group = declared.group()
    declared.register(group, "10.20.1.11", "10.20.2.12")
    declared.deregister(group, "10.20.1.11")
    assert (("10.20.2.12", 8080),) == read_targets(declared.elbv2, group)


def test_a_second_load_balancer_is_refused(declared):
    """The message names both."""
    declared.balancer("one")
    declared.balancer("two")
    with pytest.raises(StageError, match="one, two"):
        read_topology(declared.elbv2)


def test_another_kind_of_load_balancer_is_refused(declared):
    """The message names it and its type."""
    declared.balancer("net", Type="network")
    with pytest.raises(StageError, match="net is of type network"):
        read_topology(declared.elbv2)


@pytest.mark.parametrize(
    ("options", "attribute", "message"),
    [
        ({"TargetType": "instance"}, None, "target group odd has target type instance"),
        ({"Protocol": "HTTPS"}, None, "target group odd must speak HTTP/1"),
        ({"HealthCheckProtocol": "HTTPS"}, None, "target group odd must speak HTTP/1"),
        ({}, ("stickiness.enabled", "true"), "target group odd is sticky"),
        ({}, ("slow_start.duration_seconds", "30"), "target group odd has a slow start"),
    ],
)
def test_a_target_group_that_cannot_be_rehearsed_is_refused(declared, options, attribute, message):
    """The message names the group and what is wrong with it."""
    arn = declared.group("odd", **options)
    if attribute:
        declared.elbv2.modify_target_group_attributes(
            TargetGroupArn=arn, Attributes=[{"Key": attribute[0], "Value": attribute[1]}]
        )
    with pytest.raises(StageError, match=message):
        read_topology(declared.elbv2)


NAMES = {"arn:blue": "blue", "arn:green": "green"}
FORWARD = {"Type": "forward", "TargetGroupArn": "arn:blue"}


def redirect(**config):
    """A redirect action with this configuration."""
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (FORWARD, Forward((("blue", 1),))),
        (
            {
                "Type": "forward",
                "ForwardConfig": {
                    "TargetGroups": [
                        {"TargetGroupArn": "arn:blue", "Weight": 0},
                        {"TargetGroupArn": "arn:green"},
                        {"TargetGroupArn": "arn:not-known-yet", "Weight": 5},
                    ]
                },
            },
            Forward((("blue", 0), ("green", 1))),
        ),
        (
            {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}},
            FixedResponse(503, "text/plain", ""),
        ),
        (redirect(Protocol="HTTPS", Port="443"), Redirect(301, "https", None, 443, None)),
        (
            redirect(
                Protocol="#{protocol}", Host="#{host}", Port="#{port}", Path="/#{path}", Query="#{query}"
            ),
            Redirect(301, None, None, None, None),
        ),
    ],
)
def test_actions_are_read(action, expected):
    """Whatever way the API spells an action, what it does is the same."""
    assert read_action([action], NAMES, "listener 80") == expected


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([{"Type": "authenticate-oidc"}, FORWARD], "not authenticate-oidc and forward"),
        (
            [{**FORWARD, "ForwardConfig": {"TargetGroupStickinessConfig": {"Enabled": True}}}],
            "stickiness is not rehearsed",
        ),
        ([redirect(Path="/old/#{path}")], "Path '/old/#{path}' is not rehearsed"),
        ([redirect(Query="a=1")], "another query is not rehearsed"),
    ],
)
def test_other_actions_are_refused_where_they_stand(actions, message):
    """The message says which listener or rule has them."""
    with pytest.raises(StageError, match=r"^listener 80: ") as refused:
        read_action(actions, NAMES, "listener 80")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "condition",
    [
        {"Field": "path-pattern", "Values": ["/a", "/b"]},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a", "/b"]}},
        {"Field": "path-pattern", "Values": ["/a", "/b"], "PathPatternConfig": {"Values": ["/a", "/b"]}},
    ],
)
def test_conditions_are_read_in_either_form(condition):
    """The API gives the old form, the new one or both."""
    rule = read_rule({"Conditions": [condition], "Actions": [FORWARD]}, NAMES, "listener 80, rule 1")
    assert ("/a", "/b") == rule.paths


def test_other_conditions_are_refused_by_name():
    """The message says which rule has which condition."""
    rule = {"Conditions": [{"Field": "source-ip"}], "Actions": [FORWARD]}
    with pytest.raises(StageError, match=r"^listener 80, rule 1: condition source-ip is not rehearsed"):
        read_rule(rule, NAMES, "listener 80, rule 1")
