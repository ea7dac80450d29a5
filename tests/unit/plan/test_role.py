"""Whether a role may make a call."""

import pytest

from tests.plan.role import Role

ACCOUNT = "123456789012"
QUEUES = f"arn:aws:sqs:eu-central-1:{ACCOUNT}"
TASKS = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task"


def allow(action, *resources, **condition):
    """A statement that allows an action."""
    return _statement("Allow", action, resources, condition)


def deny(action, *resources, **condition):
    """A statement that denies an action."""
    return _statement("Deny", action, resources, condition)


def _statement(effect, action, resources, condition):
    statement = {"Effect": effect, "Action": [action], "Resource": list(resources)}
    return statement | ({"Condition": condition} if condition else {})


def refusal(action, arn, boundary=None, **policies):
    """What a role with these statements is told."""
    return Role("deployer", policies, boundary or {}).refusal(action, arn)


def test_what_is_allowed_is_not_refused():
    """By name, by a pattern, on everything."""
    assert refusal("sqs:PurgeQueue", f"{QUEUES}:mail", One=allow("sqs:PurgeQueue", f"{QUEUES}:m*")) is None
    assert refusal("sqs:ListQueues", "*", One=allow("sqs:ListQueues", "*")) is None


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ({}, "deployer may not sqs:PurgeQueue: no statement allows it"),
        (
            {"One": allow("sqs:SendMessage", "*")},
            "deployer may not sqs:PurgeQueue: no statement allows it",
        ),
        (
            {"One": allow("sqs:PurgeQueue", f"{QUEUES}:other-*")},
            f"deployer may sqs:PurgeQueue on {QUEUES}:other-*, but not on {QUEUES}:mail",
        ),
        (
            # AWS has tags of a queue under another key.
            {"One": allow("sqs:PurgeQueue", "*", StringEquals={"sqs:ResourceTag/Application": "a"})},
            "deployer may not sqs:PurgeQueue: no statement allows it",
        ),
        (
            {"One": allow("sqs:PurgeQueue", "*"), "Two": deny("sqs:PurgeQueue", f"{QUEUES}:mail")},
            f"deployer may not sqs:PurgeQueue on {QUEUES}:mail: Two denies it",
        ),
        (
            {"One": allow("sqs:PurgeQueue", "*"), "Two": deny("sqs:*", "*")},
            f"deployer may not sqs:PurgeQueue on {QUEUES}:mail: Two denies it",
        ),
    ],
)
def test_a_refusal_says_why(policies, reason):
    """No statement, another resource, a condition that AWS does not know, a denial."""
    assert reason == refusal("sqs:PurgeQueue", f"{QUEUES}:mail", **policies)


def test_an_action_without_resources_is_allowed_by_a_star_alone():
    """A list is of all that there is."""
    narrow = allow("sqs:ListQueues", f"{QUEUES}:mail")
    assert "deployer may not sqs:ListQueues: no statement allows it" == refusal(
        "sqs:ListQueues", "*", One=narrow
    )


def test_a_denial_of_all_but_some_spares_these():
    """As the plan role's denial of objects other than a state."""
    spared = {"Effect": "Deny", "Action": ["sqs:PurgeQueue"], "NotResource": [f"{QUEUES}:mail"]}
    policies = {"One": allow("sqs:PurgeQueue", "*"), "Two": spared}
    assert refusal("sqs:PurgeQueue", f"{QUEUES}:mail", **policies) is None
    assert refusal("sqs:PurgeQueue", f"{QUEUES}:other", **policies).endswith("Two denies it")


def test_a_denial_under_a_condition_is_left_out():
    """Whether it is met, nobody can tell from a plan."""
    policies = {
        "One": allow("sqs:PurgeQueue", "*"),
        "Two": deny("sqs:PurgeQueue", "*", Bool={"aws:SecureTransport": "false"}),
    }
    assert refusal("sqs:PurgeQueue", f"{QUEUES}:mail", **policies) is None


def test_a_boundary_lets_through_what_it_names():
    """It grants nothing, and takes away whatever else is granted."""
    within, beyond = {"A": allow("ecs:*", "*")}, {"A": allow("sqs:*", "*")}
    one = allow("ecs:StopTask", "*")
    assert refusal("ecs:StopTask", f"{TASKS}/a/1", within, One=one) is None
    assert f"deployer may not ecs:StopTask on {TASKS}/a/1: its boundary leaves it out" == refusal(
        "ecs:StopTask", f"{TASKS}/a/1", beyond, One=one
    )
    assert "deployer may not ecs:StopTask: no statement allows it" == refusal(
        "ecs:StopTask", f"{TASKS}/a/1", within
    )


def test_a_boundary_denies_too():
    """A denial wins, wherever it stands."""
    boundary = {"A": allow("ecs:*", "*"), "B": deny("ecs:StopTask", "*")}
    told = refusal("ecs:StopTask", f"{TASKS}/a/1", boundary, One=allow("ecs:StopTask", "*"))
    assert f"deployer may not ecs:StopTask on {TASKS}/a/1: B denies it" == told
