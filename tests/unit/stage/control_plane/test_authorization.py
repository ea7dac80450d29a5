"""Every call of a task is carried out if its role's policies allow it, and else refused as AWS refuses it."""

import json

import pytest

from stage.control_plane.authentication import CALLER, SERVICE
from stage.control_plane.authorization import Authorization
from stage.control_plane.callers import Caller, Kind
from stage.control_plane.rights.beside import Beside
from stage.control_plane.rights.record import Record
from tests.unit.stage.control_plane.rights.sent import sent

ACCOUNT, REGION = "123456789012", "eu-central-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:mails"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/mails"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sender"
SENT = ("sqs", "SendMessage", {"QueueUrl": URL, "MessageBody": "one"})
PURGED = ("sqs", "PurgeQueue", {"QueueUrl": URL})


def policy(action, resource=QUEUE, effect="Allow", sid="Any", **more):
    """A policy of one statement."""
    statement = {"Sid": sid, "Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(client):
    """GIVEN a role of tasks that may send to a queue, and IAM to change it."""
    iam = client("iam")
    iam.create_role(RoleName="sender", AssumeRolePolicyDocument=policy("sts:AssumeRole", "*"))
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=policy("sqs:SendMessage"))
    return iam


@pytest.fixture
def record():
    """GIVEN an empty record."""
    return Record()


@pytest.fixture
def ask(iam, record):
    """Asks as somebody; gives the status and the body, "done" where the call was carried out."""
    assert iam

    def call(request, kind=Kind.TASK, role=ROLE, beside=None):
        environ = sent(*request, region=REGION)
        environ[CALLER] = Caller(kind, "ASIAEXAMPLE", role, "0a1b")
        environ[SERVICE] = request[0]
        said = []
        body = Authorization(record=record, beside=beside or Beside()).answer(
            environ,
            lambda status, _headers: said.append(status),
            lambda _environ, start: start("200 OK", []) or [b"done"],
        )
        return said[0], b"".join(body).decode()

    return call


def decisions(record):
    """The record, shortened."""
    return [(one["action"], one["allowed"], one["policy"], one["sid"]) for one in record.seen()["decisions"]]


def test_a_task_does_what_its_role_may(ask, record):
    """The record says which statement allowed it."""
    assert ("200 OK", "done") == ask(SENT)
    assert [("sqs:SendMessage", True, "send", "Any")] == decisions(record)


@pytest.mark.parametrize("kind", [Kind.TASK, Kind.AGENT])
def test_a_task_is_refused_what_its_role_may_not(ask, record, kind):
    """It is told so in the service's own words, and nothing is carried out."""
    status, body = ask(PURGED, kind)

    assert "403 Forbidden" == status
    assert f"role/sender/0a1b is not authorized to perform: sqs:PurgeQueue on resource: {QUEUE}" in body
    assert [("sqs:PurgeQueue", False, "", "")] == decisions(record)


def test_rights_count_from_the_next_call_on(ask, iam):
    """And no longer once they are taken away."""
    iam.put_role_policy(RoleName="sender", PolicyName="purge", PolicyDocument=policy("sqs:PurgeQueue"))
    assert ("200 OK", "done") == ask(PURGED)

    iam.delete_role_policy(RoleName="sender", PolicyName="purge")
    assert "403 Forbidden" == ask(PURGED)[0]


def test_a_queue_refuses_whom_it_denies(ask, client):
    """Whatever the role may do."""
    denying = policy("sqs:*", effect="Deny", Principal={"AWS": ROLE})
    client("sqs").create_queue(QueueName="mails", Attributes={"Policy": denying})

    status, body = ask(SENT)

    assert "403 Forbidden" == status
    assert "with an explicit deny in a resource-based policy" in body


@pytest.mark.parametrize("kind", [Kind.TASK, Kind.AGENT, Kind.ROLE])
def test_whoever_has_a_role_is_refused_what_it_does_not_allow(ask, record, kind):
    """A task, ECS on its behalf, and whoever took it by STS, such as a pipeline."""
    status, _ = ask(PURGED, kind)

    assert "403 Forbidden" == status
    assert [("sqs:PurgeQueue", False, "", "")] == decisions(record)


def test_who_signs_nothing_is_refused_what_nobody_allows(ask, record):
    """As whoever finds a queue's address would be."""
    status, body = ask(PURGED, Kind.ANONYMOUS, "")

    assert "403 Forbidden" == status
    assert "User: anonymous is not authorized to perform: sqs:PurgeQueue" in body
    assert [("sqs:PurgeQueue", False, "", "")] == decisions(record)


def test_who_signs_nothing_is_let_do_what_everybody_may(ask, client):
    """A queue that is open to the world is open here too."""
    open_ = policy("sqs:SendMessage", Principal="*")
    client("sqs").create_queue(QueueName="mails", Attributes={"Policy": open_})

    assert ("200 OK", "done") == ask(SENT, Kind.ANONYMOUS, "")
    assert "403 Forbidden" == ask(PURGED, Kind.ANONYMOUS, "")[0]


def test_the_stage_itself_is_an_administrator(ask, record):
    """Its calls are neither decided nor recorded."""
    assert ("200 OK", "done") == ask(PURGED, Kind.STAGE, "")
    assert [] == decisions(record)


def test_what_cannot_be_decided_is_not_allowed(ask, iam):
    """The sentence names what nobody knows."""
    document = policy("sqs:SendMessage", Condition={"StringLike": {"sqs:Colour": "*"}})
    iam.put_role_policy(RoleName="sender", PolicyName="send", PolicyDocument=document)

    status, body = ask(SENT)

    assert "403 Forbidden" == status
    assert "cannot decide" in body
    assert "sqs:Colour" in body


def test_a_role_that_is_tried_beside_another_refuses_nothing(ask, record):
    """What would have been refused to it stands in the record, next to what was allowed."""
    beside, narrow = Beside(), f"arn:aws:iam::{ACCOUNT}:role/narrow"
    beside.try_on(narrow, ROLE)
    beside.try_on(narrow, ROLE)

    assert ("200 OK", "done") == ask(SENT, beside=beside)
    assert [(narrow, False), (ROLE, True)] == [
        (one["principal"], one["allowed"]) for one in record.seen()["decisions"]
    ]
    assert [1, 1] == [one["count"] for one in record.seen()["decisions"]]


def test_of_a_role_that_is_tried_everything_is_decided_on(ask, record):
    """Whoever calls is stopped by the first refusal: the next is found when that one is mended."""
    beside, narrow = Beside(), f"arn:aws:iam::{ACCOUNT}:role/narrow"
    beside.try_on(narrow, ROLE)
    changed = ("sqs", "CreateQueue", {"QueueName": "mails", "tags": {"colour": "blue"}})

    ask(changed, beside=beside)

    asked = {
        principal: [one["action"] for one in record.seen()["decisions"] if principal == one["principal"]]
        for principal in (narrow, ROLE)
    }
    assert {narrow: ["sqs:CreateQueue", "sqs:TagQueue"], ROLE: ["sqs:CreateQueue"]} == asked
