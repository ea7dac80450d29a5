from dataclasses import replace

import pytest

from ops.plan_check.rules import find
from tests.unit.ops.plan_check.planned import RESOURCES, change, changes


def found(*given):
    """Names of what is found, each with its kind."""
    names = {resource["address"]: name for name, resource in RESOURCES.items()}
    return [(names.get(one.address, one.address), str(one.kind)) for one in find(changes(*given))]


def test_findings_come_in_the_plans_order():
    """A person goes through the plan beside them."""
    given = [{"of": name, "action": "delete"} for name in ("service", "queue", "queue_age", "table")]

    assert [("service", "traffic"), ("queue", "data"), ("queue_age", "watching"), ("table", "data")] == found(
        *given
    )


def test_parts_go_with_what_they_belong_to():
    """A bucket that goes takes its settings along: they are no dangers of their own."""
    parts = ("bucket_policy", "public_access", "bucket_encryption", "ownership", "lifecycle")

    assert [("bucket", "data")] == found(*({"of": name, "action": "delete"} for name in ("bucket", *parts)))


def test_scaling_goes_with_its_service():
    """What is not there any more needs no tasks added."""
    given = ("service", "scaling", "cpu_scaling", "schedule")

    assert [("service", "traffic")] == found(*({"of": name, "action": "delete"} for name in given))


def test_scaling_of_another_service_does_not():
    """The other one still needs it."""
    given = [{"of": name, "action": "delete"} for name in ("sender", "cpu_scaling")]

    assert [("sender", "traffic"), ("cpu_scaling", "traffic")] == found(*given)


def test_a_role_goes_with_its_policies():
    """Nobody has the permissions, so nobody misses the denials."""
    denying = {"policy": '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'}

    assert [] == found(
        {"of": "role", "action": "delete"}, {"of": "role_policy", "action": "delete", "was": denying}
    )
    assert [("role_policy", "identity")] == found({"of": "role_policy", "action": "delete", "was": denying})


def test_what_serves_traffic_is_told_whatever_it_belongs_to():
    """A cluster that goes says nothing of each service in it."""
    given = [{"of": name, "action": "delete"} for name in ("cluster", "service", "vpc", "subnet")]

    assert [(name, "traffic") for name in ("cluster", "service", "vpc", "subnet")] == found(*given)


def test_what_is_left_of_an_earlier_replacement_serves_nobody():
    """It is deleted late, and may still hold data."""
    left = [{"of": name, "action": "delete"} for name in ("target_group", "queue_age", "queue")]
    deposed = [replace(one, deposed=True) for one in changes(*left)]

    assert ["data"] == [str(one.kind) for one in find(deposed)]


@pytest.mark.parametrize(
    ("reason", "forces", "told"),
    [
        ("", ["name"], "since name cannot be changed in place"),
        ("", ["name", "fifo_queue"], "since fifo_queue and name cannot be changed in place"),
        ("replace_because_tainted", [], "since an earlier apply left it half made"),
        ("replace_by_request", [], "since the command line asks for it"),
        ("replace_by_triggers", [], "since what its replace_triggered_by names changes"),
    ],
)
def test_a_replacement_says_why(reason, forces, told):
    """Whoever reads it knows which line of the change to look at."""
    (one,) = find([change("queue", action="replace", reason=reason, forces=forces)])

    assert told in one.sentence


@pytest.mark.parametrize(
    ("of", "becomes", "told"),
    [
        ("role", {"permissions_boundary": None}, "taken away"),
        ("role", {"permissions_boundary": "arn:aws:iam::123456789012:policy/other"}, "another"),
        ("queue", {"message_retention_seconds": 60}, "SQS deletes"),
        (
            "ingress",
            {"referenced_security_group_id": None, "cidr_ipv4": "10.21.0.0/16"},
            "named another group",
        ),
        ("callers", {"cidr_ipv4": "198.51.0.0/16"}, "further addresses"),
        ("ingress", {"from_port": 8000}, "further ports"),
        ("egress", {"ip_protocol": "-1", "from_port": None, "to_port": None}, "the whole internet"),
    ],
)
def test_of_sentences_that_fit_the_closest_is_told(of, becomes, told):
    """A general rule would have found it as well, and said less."""
    (one,) = find([change(of, becomes=becomes)])

    assert told in one.sentence


def test_what_is_taken_out_of_the_state_alone_is_not_called_deleted():
    """It stays, and nobody manages it."""
    for one in (
        change("table", action="forget"),
        change("log_group", action="delete", was={"skip_destroy": True}),
    ):
        (told,) = find([one])
        assert told.sentence.startswith("Terraform lets go of the")


def test_a_finding_tells_what_stands_and_what_comes():
    """By its attribute's whole path."""
    (one,) = find([change("service", becomes={"deployment_circuit_breaker.0.rollback": False})])

    assert ("deployment_circuit_breaker[0].rollback", "true", "false") == (
        one.attribute,
        one.before,
        one.after,
    )


def test_a_policy_that_is_wider_names_what_is_new():
    """And nothing that was allowed before."""
    policy = RESOURCES["role_policy"]["values"]["policy"].replace(
        '"sqs:GetQueueUrl"', '"sqs:GetQueueUrl", "sqs:PurgeQueue"'
    )
    (one,) = find([change("role_policy", becomes={"policy": policy})])

    assert one.sentence.startswith("The policy allows sqs:PurgeQueue on arn:aws:sqs:")
    assert "SendMessage" not in one.sentence


def test_a_queue_that_gets_another_name_keeps_its_users_and_its_alarm():
    """What names it changes with it, and gives nobody more."""
    old, new = "notifications-production-mail", "notifications-production-mails"
    policy = RESOURCES["role_policy"]["values"]["policy"]
    for end in ('"', "-priority"):
        policy = policy.replace(f"{old}{end}", f"{new}{end}")
    given = [
        {"of": "queue", "action": "replace", "becomes": {"name": new}, "forces": ["name"]},
        {
            "of": "queue",
            "action": "replace",
            "address": "q",
            "was": {"name": f"{old}-priority"},
            "becomes": {"name": f"{new}-priority"},
        },
        {"of": "role_policy", "becomes": {"policy": policy}},
        {"of": "queue_age", "becomes": {"dimensions.QueueName": new}},
    ]

    assert [("queue", "data"), ("q", "data")] == found(*given)
    assert ("role_policy", "identity") in found(*given[2:])
    assert ("queue_age", "watching") in found(*given[2:])


@pytest.mark.parametrize("name", ["other", "notifications-production-mails-priority"])
def test_another_queues_name_is_no_new_name(name):
    """A policy that comes to name a queue that is not renamed allows more, whatever that one is called."""
    policy = RESOURCES["role_policy"]["values"]["policy"]
    policy = policy.replace("notifications-production-mail-priority", name)
    policy = policy.replace('notifications-production-mail"', 'notifications-production-mails"')
    given = [
        {"of": "queue", "action": "replace", "becomes": {"name": "notifications-production-mails"}},
        {"of": "role_policy", "becomes": {"policy": policy}},
    ]

    assert ("role_policy", "identity") in found(*given)


@pytest.mark.parametrize("name", RESOURCES)
def test_whatever_a_value_is_a_plan_is_judged(name):
    """A provider to come may write it in another way; an answer that breaks off would be none."""
    for attribute in RESOURCES[name]["values"]:
        find([change(name, unknown=[attribute])])
        for odd in (None, "", 0, -1, True, [], {}, [None], [{}], ["x"], {"a": None}):
            find([change(name, was={attribute: odd})])
            find([change(name, becomes={attribute: odd})])
