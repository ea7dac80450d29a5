"""Drift in Terraform's plans."""

import json

import pytest

from ops.drift.difference import SENSITIVE
from ops.drift.state import Declared, State
from ops.drift.terraform_plans import KEPT_BY_OTHERS, drifted, undeclared
from ops.errors import OpsError
from tests.unit.ops.drift.system import CLUSTER, RESOURCE, may

SECRET = "correct horse battery staple"


@pytest.fixture
def state():
    """A state with a scalable target and a schedule."""
    values = {
        "aws_ecs_cluster": {"name": CLUSTER, "tags_all": {}},
        "aws_appautoscaling_target": {"resource_id": RESOURCE, "min_capacity": 2, "max_capacity": 10},
        "aws_appautoscaling_scheduled_action": {
            "resource_id": RESOURCE,
            "scalable_target_action": [{"min_capacity": "6", "max_capacity": ""}],
        },
    }
    resources = [
        {"address": f"{kind}.this", "mode": "managed", "type": kind, "values": one}
        for kind, one in values.items()
    ]
    return State({"values": {"root_module": {"resources": resources}}})


def change(address, before, after, actions=("update",), **marks):
    """One change of a plan."""
    kind = address.split(".")[-2]
    inner = {"actions": list(actions), "before": before, "after": after} | marks
    return {"address": address, "mode": "managed", "type": kind, "change": inner}


def refresh(*changes):
    """A refresh-only plan with these drifts."""
    return {"planned_values": {}, "resource_drift": list(changes)}


def plan(*changes):
    """A plan with these changes."""
    return {"planned_values": {}, "resource_changes": list(changes)}


def told(findings):
    """Attribute, expected and actual value of each."""
    return [(one.attribute, one.expected, one.actual) for one in findings]


@pytest.mark.parametrize(
    ("address", "before", "after", "attribute"),
    [
        ("aws_lb.this", {"idle_timeout": 60}, {"idle_timeout": 4000}, "idle_timeout"),
        ("aws_vpc.this", {"tags": {"Name": "a"}}, {"tags": {"Name": "b"}}, "tags.Name"),
        (
            "aws_ecs_cluster.this",
            {"setting": [{"value": "enabled"}]},
            {"setting": [{"value": "no"}]},
            "setting[0].value",
        ),
        ("aws_kms_key.this", {"policy": may("a")}, {"policy": may("b")}, "policy.Statement[0].Action"),
        (
            "aws_subnet.a[0]",
            {"map_public_ip_on_launch": False},
            {"map_public_ip_on_launch": True},
            "map_public_ip_on_launch",
        ),
        (
            "aws_sns_topic_subscription.x",
            {"filter_policy": ""},
            {"filter_policy": '{"a": 1}'},
            "filter_policy",
        ),
        (
            "aws_default_security_group.closed",
            {"ingress": []},
            {"ingress": [{"from_port": 0, "protocol": "-1"}]},
            "ingress",
        ),
        (
            "aws_lb_target_group.x",
            {"deregistration_delay": "15"},
            {"deregistration_delay": "0"},
            "deregistration_delay",
        ),
    ],
)
def test_an_attribute_that_differs_is_named_from_both_plans(state, address, before, after, attribute):
    """What was expected is the state's value in the one, and the declared one in the other."""
    (found,) = drifted(refresh(change(address, before, after)), state)
    (planned,) = undeclared(plan(change(address, after, before)), state)

    assert attribute == found.attribute == planned.attribute
    assert address == found.resource == planned.resource
    assert (found.expected, found.actual) == (planned.expected, planned.actual)
    assert found.expected != found.actual


@pytest.mark.parametrize(
    ("actions", "pair"),
    [(["create"], ("present", "(none)")), (["delete"], ("(none)", "present"))],
)
def test_a_resource_that_is_missing_or_too_many_is_told(state, actions, pair):
    """Without its attributes."""
    found = undeclared(plan(change("aws_lb.this", None, None, actions)), state)

    assert [("resource", *pair)] == told(found)


def test_a_resource_that_is_gone_is_told(state):
    """By the refresh-only plan."""
    found = drifted(refresh(change("aws_lb.this", {"a": 1}, None, ["delete"])), state)

    assert [("resource", "present", "(none)")] == told(found)


@pytest.mark.parametrize("actions", [["no-op"], ["read"]])
def test_what_stays_as_it_is_is_no_finding(state, actions):
    """A plan lists every resource."""
    assert [] == list(undeclared(plan(change("aws_lb.this", {"a": 1}, {"a": 2}, actions)), state))


def test_a_data_source_is_no_finding(state):
    """It is read anew whenever."""
    read = change("data.aws_x.y", {"a": 1}, {"a": 2}) | {"mode": "data"}

    assert [] == list(drifted(refresh(read), state))


@pytest.mark.parametrize("marks", [{"x": True}, True, {"x": [True]}, {"x": {"y": True}}])
@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
def test_a_sensitive_value_is_never_shown(state, marks, side):
    """Not even if one side alone is marked; that it differs is told."""
    for before, after in ((SECRET, "x"), ([SECRET], ["x", "y"]), ({"y": SECRET}, {"y": "x"})):
        found = list(drifted(refresh(change("aws_x.y", {"x": before}, {"x": after}, **{side: marks})), state))

        assert [SENSITIVE] == [one.actual for one in found]
        assert SECRET not in repr(found)


@pytest.mark.parametrize("marks", [({"x": {"z": False}}, {"x": True}), ({"x": {"z": True}}, {"x": [True]})])
def test_marks_of_both_sides_count(state, marks):
    """Whichever of them hides more."""
    for before, after in (marks, marks[::-1]):
        drift = change("aws_x.y", {"x": {"y": SECRET}}, {"x": {"y": "a"}})
        drift["change"] |= {"before_sensitive": before, "after_sensitive": after}

        assert [SENSITIVE] == [one.expected for one in drifted(refresh(drift), state)]


def test_nothing_and_an_empty_value_are_one(state):
    """The provider reads back as empty what was never set."""
    before = {"a": None, "b": "", "c": [], "d": {}}

    assert [] == list(drifted(refresh(change("aws_x.y", before, {"a": "", "b": None, "c": None})), state))


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        # As the provider reads them again after an apply.
        (
            [{"id": "rate", "period": None}, {"id": "x", "period": 60}],
            [{"id": "rate", "period": 0}, {"id": "x", "period": 60}],
            0,
        ),
        ([{"bucket_key_enabled": None, "by": "aws"}], [{"bucket_key_enabled": False, "by": "aws"}], 0),
        # A suspension that somebody has ended again.
        ([], [{"dynamic_scaling_in_suspended": False, "scheduled_scaling_suspended": False}], 0),
        ([], [{"dynamic_scaling_in_suspended": True, "scheduled_scaling_suspended": False}], 1),
        (False, None, 0),
        (None, True, 1),
        (True, False, 1),
        (30, 0, 1),
        ([{"id": "rate", "period": 60}], [{"id": "rate", "period": 0}], 1),
    ],
)
def test_what_was_never_set_may_be_read_as_nothing(state, before, after, count):
    """A provider keeps null where nobody has said anything, and reads zero or false."""
    drift = refresh(change("aws_x.y", {"a": before}, {"a": after}))

    assert count == len(list(drifted(drift, state)))


def test_a_policy_in_other_words_is_the_same(state):
    """One action by itself or in a list, and statements' members in any order."""
    document = json.loads(may("sqs:SendMessage"))
    document["Statement"][0]["Action"] = ["sqs:SendMessage"]
    drift = change("aws_x.y", {"policy": may("sqs:SendMessage")}, {"policy": json.dumps(document)})

    assert [] == list(drifted(refresh(drift), state))


def test_tags_are_told_once(state):
    """The provider has them twice."""
    tags = {"Owner": "x"}
    drift = change("aws_x.y", {"tags": {}, "tags_all": {}}, {"tags": tags, "tags_all": tags})

    assert ["tags"] == [one.attribute.partition(".")[0] for one in drifted(refresh(drift), state)]


def test_a_default_tag_is_told(state):
    """It is in tags_all alone."""
    drift = change("aws_x.y", {"tags_all": {"Environment": "a"}}, {"tags_all": {"Environment": "b"}})

    assert ["tags_all.Environment"] == [one.attribute for one in drifted(refresh(drift), state)]


TARGET = "module.x.aws_appautoscaling_target.this"


@pytest.mark.parametrize(
    ("low", "high", "count"),
    [(6, 10, 0), (5, 10, 1), (6, 11, 2)],
    ids=["in force", "by hand", "both by hand"],
)
def test_a_scheduled_minimum_in_force_is_no_drift(state, low, high, count):
    """The target has the bounds of a declared action, and a plan would take them back."""
    declared = {"resource_id": RESOURCE, "min_capacity": 2, "max_capacity": 10}
    actual = {"resource_id": RESOURCE, "min_capacity": low, "max_capacity": high}

    assert count == len(list(drifted(refresh(change(TARGET, declared, actual)), state)))
    assert count == len(list(undeclared(plan(change(TARGET, actual, declared)), state)))


@pytest.mark.parametrize(
    ("address", "attribute"),
    [
        ("module.a.aws_ecs_service.this", "desired_count"),
        ('module.a.aws_lb_target_group.this["stable"]', "load_balancer_arns"),
        ("module.a.aws_iam_role.task", "inline_policy"),
        ("module.a.aws_security_group.this", "ingress"),
        ("module.a.aws_route_table.public", "route"),
        ("module.a.aws_eip.nat[0]", "association_id"),
        ("module.a.aws_secretsmanager_secret_version.smtp[0]", "version_stages"),
        ("module.a.aws_sns_topic_subscription.email", "pending_confirmation"),
    ],
)
def test_what_changes_by_itself_is_no_drift(state, address, attribute):
    """Each with its reason."""
    assert [] == list(drifted(refresh(change(address, {attribute: ["a"]}, {attribute: ["b", "c"]})), state))


def test_what_is_kept_by_others_has_a_reason():
    """For whoever wonders why it is not told."""
    assert all(KEPT_BY_OTHERS.values())


def test_a_version_that_rotation_has_outlived_is_no_drift(state):
    """AWS forgets it; that there is a current one is seen at the secret."""
    address = "module.secrets.aws_secretsmanager_secret_version.smtp[0]"
    drift = refresh(change(address, {"version_id": "1"}, None, ["delete"]))

    assert [] == list(drifted(drift, state))
    assert [] == list(
        undeclared(
            plan(change(address, None, {}, ["create"])) | {"resource_drift": drift["resource_drift"]}, state
        )
    )


def test_a_version_that_was_never_applied_is_drift(state):
    """Nobody has rotated it."""
    address = "module.secrets.aws_secretsmanager_secret_version.smtp[0]"

    assert 1 == len(list(undeclared(plan(change(address, None, {}, ["create"])), state)))


def test_a_change_of_what_is_not_known_yet_is_told(state):
    """A resource that is replaced, with nothing but a new id."""
    replaced = change(
        "aws_x.y", {"id": "1", "a": 1}, {"a": 1}, ["delete", "create"], after_unknown={"id": True}
    )

    assert ["id"] == [one.attribute for one in undeclared(plan(replaced), state)]


@pytest.mark.parametrize("broken", [{}, {"planned_values": {}, "errored": True}])
def test_a_plan_that_is_not_whole_is_never_clean(state, broken):
    """Nothing can be told from it."""
    with pytest.raises(OpsError, match="not whole"):
        list(drifted(broken, state))
    with pytest.raises(OpsError, match="not whole"):
        list(undeclared(broken, state))


def test_a_schedule_of_another_service_allows_nothing(state):
    """Each target has its own."""
    values = {"resource_id": "service/x/y", "min_capacity": 2, "max_capacity": 10}
    other = Declared("aws_appautoscaling_target.other", "aws_appautoscaling_target", values)
    state.resources = (*state.resources, other)
    drift = change(TARGET, values, values | {"min_capacity": 6})

    assert 1 == len(list(drifted(refresh(drift), state)))
