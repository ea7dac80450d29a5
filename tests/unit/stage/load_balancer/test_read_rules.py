"""Actions and conditions, as the API spells them, and those that are refused."""

import pytest

from stage.errors import StageError
from stage.load_balancer.model import FixedResponse, Forward, Redirect
from stage.load_balancer.read_rules import read_action, read_rule

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
