"""The data files, held against AWS's models of its operations and against its reference."""

from contextlib import suppress

import botocore.session
import pytest

from stage.authorization.calls.authorize import asked
from stage.authorization.calls.forms import places
from stage.authorization.calls.paths import Path
from stage.authorization.calls.table import prefixes, table, table_of
from stage.authorization.errors import UnplacedCallError
from stage.authorization.principals import Principal
from stage.authorization.reference import action, beyond
from stage.authorization.request import Request
from tests.unit.stage.authorization.calls.shapes import MissingMemberError, example, least, members, shape_of
from tests.unit.stage.authorization.calls.world import ACCOUNT, Things

CALLER = Principal.of(f"arn:aws:iam::{ACCOUNT}:user/carlos")
ROWS = [
    pytest.param(table(prefix), row, operation, id=f"{prefix}:{operation}")
    for prefix in prefixes()
    for row in table(prefix).rows
    for operation in row.operations
]
EACH = pytest.mark.parametrize(("service", "row", "operation"), ROWS)


@EACH
def test_every_path_leads_to_a_parameter(service, row, operation):
    """A misspelt one would find nothing, and refuse what AWS allows."""
    shape = shape_of(service.models, operation)

    for path in row.paths:
        assert members(path.parsed, shape), path


@EACH
def test_a_call_that_names_everything_can_be_decided_on(service, row, operation):
    """AWS knows each action, that it is about such a resource, and each condition key."""
    call = example(service, row, operation)
    found = asked(call, Things())

    assert found
    for one in found:
        assert Request(CALLER, one.action, one.resource, one.owner, one.context).known


@EACH
def test_a_call_that_names_only_what_it_must_is_decided_on_or_refused_by_name(service, row, operation):
    """Most parameters are left out most of the time."""
    with suppress(UnplacedCallError):
        assert asked(least(service, operation), Things())


def test_a_misspelt_path_is_found():
    """Whether its first name is wrong, or one further on."""
    shape = shape_of(("sqs",), "SendMessageBatch")

    assert [(("Entries", 0, "Id"), "String")] == [
        (steps, of.name) for steps, of in members(Path("Entries[].Id").parsed, shape)
    ]
    for wrong in ("QueueURL", "Entries[].ID", "QueueUrl.Id"):
        with pytest.raises(MissingMemberError):
            members(Path(wrong).parsed, shape)


@pytest.mark.parametrize("prefix", prefixes())
def test_an_operation_has_one_row(prefix):
    """Of two, the first would be forgotten."""
    operations = [one for row in table(prefix).rows for one in row.operations]

    assert sorted(set(operations)) == sorted(operations)


@pytest.mark.parametrize("prefix", prefixes())
def test_a_service_has_the_names_that_boto3_has(prefix):
    """What a request is signed for, and what botocore calls it."""
    for model in table(prefix).models:
        signing_name = botocore.session.get_session().get_service_model(model).signing_name
        assert signing_name in table(prefix).signing_names
        assert {table(prefix)} == {table_of(model), table_of(signing_name)}


@EACH
def test_whatever_a_call_needs_besides_is_asked_for(service, row, operation):
    """By what AWS's documentation says beyond its reference."""
    found = {one.action for one in asked(example(service, row, operation), Things())}

    for name in row.actions or (operation,):
        full = f"{service.prefix}:{name}"
        needed = {*beyond()["asks"].get(full, {}).get("also", ())}
        needed |= {*beyond()["dependent"].get(full, {}).get("needs", ())}
        assert set() == needed - found - LEFT_OUT.get(full, set())


@EACH
def test_tags_at_creation_take_a_right_of_their_own(service, row, operation):
    """Besides what the operation itself takes; of what it makes, somebody has to say which ARN that has."""
    taken = [one.action.partition(":")[2] for one in asked(example(service, row, operation), Things())]

    assert bool(row.tagged) == (row.tags is not None and "tag" not in operation.lower())
    assert any("tag" in name.lower() for name in taken) or not row.tags


# What the calls of this system do not need, or AWS does not ask.
LEFT_OUT = {
    # The key's first policy comes with it (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html).
    "kms:CreateKey": {"kms:PutKeyPolicy"},
    # Found by the id of a namespace, of which this world has none.
    "servicediscovery:CreateService": {"route53:ChangeResourceRecordSets", "route53:GetHostedZone"},
    "servicediscovery:DeleteNamespace": {"route53:DeleteHostedZone"},
    # The attribute decides whether there is a role.
    "sns:SetTopicAttributes": {"iam:PassRole"},
}


@EACH
def test_each_action_is_one_that_aws_has(service, row, operation):
    """And each of a row's types too, whose places a path fills."""
    names = [name for _, name in row.instead] + [name for name, _ in row.parts] + list(row.actions)
    assert [] == [name for name in names if action(f"{service.prefix}:{name}") is None]
    assert all(places(one.kind) for one in (*row.about, *row.among))
