import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from stage.authorization.decision import allowed_by, allowed_without, denied_by, not_allowed
from stage.authorization.policy import Kind, parse
from stage.authorization.principals import ANONYMOUS, Principal
from stage.authorization.request import Request
from stage.control_plane.rights.record import MAX_RESOURCES, Record, of_its_type

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/system/sender"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
POLICY = parse(
    {
        "Statement": [
            {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
            {"Sid": "Keep", "Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": "*"},
        ]
    },
    Kind.IDENTITY,
    "run",
)
SEND, KEEP = POLICY.statements


def session(name="task-1"):
    """A session of the role."""
    return Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/sender/{name}", ROLE)


def send(resource=QUEUE, principal=None):
    """A decision that a message may be sent."""
    return allowed_by(Request(principal or session(), "sqs:SendMessage", resource), POLICY, SEND)


def put(key):
    """A decision that an object may be put."""
    request = Request(session(), "s3:PutObject", f"arn:aws:s3:::bucket/{key}", owner=ACCOUNT)
    return allowed_without(request, "because of a test")


@pytest.fixture
def record():
    """An empty record that tells three resources apart."""
    return Record(max_resources=3)


def counts(record):
    """Counts by resource."""
    return {one["resource"]: one["count"] for one in record.seen()["decisions"]}


def test_what_is_alike_is_counted(record):
    """Whoever the sessions of a role are, the right is the role's."""
    for name in ("task-1", "task-2", "task-1"):
        record.note(send(principal=session(name)))

    assert [
        {
            "principal": ROLE,
            "action": "sqs:SendMessage",
            "resource": QUEUE,
            "allowed": True,
            "kind": "identity-based policy",
            "policy": "run",
            "sid": "Send",
            "message": "",
            "count": 3,
        }
    ] == record.seen()["decisions"]


def test_a_refusal_has_the_sentence_that_aws_answers(record):
    """By a statement, or by the lack of one; told apart all the same."""
    purge = Request(session(), "sqs:PurgeQueue", QUEUE)
    refusals = [denied_by(purge, POLICY, KEEP), not_allowed(purge, Kind.IDENTITY)]
    for refusal in refusals:
        record.note(refusal)

    found = record.seen()["decisions"]
    assert [("", refusals[1].message), ("Keep", refusals[0].message)] == [
        (one["sid"], one["message"]) for one in found
    ]
    assert {False} == {one["allowed"] for one in found}


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        (Principal.of(f"arn:aws:iam::{ACCOUNT}:root"), f"arn:aws:iam::{ACCOUNT}:root"),
        (Principal.of(f"arn:aws:iam::{ACCOUNT}:user/ann"), f"arn:aws:iam::{ACCOUNT}:user/ann"),
        (Principal.service("sns.amazonaws.com"), "sns.amazonaws.com"),
        (ANONYMOUS, "anonymous"),
    ],
)
def test_who_is_no_role_has_its_own_name(record, principal, name):
    """The stage is its account's root."""
    record.note(allowed_without(Request(principal, "sqs:ListQueues", owner=ACCOUNT), "because of a test"))

    assert [(name, "")] == [(one["principal"], one["kind"]) for one in record.seen()["decisions"]]


def test_beyond_a_bound_the_type_stands_for_the_rest(record):
    """Those that are known stay told apart."""
    for key in ("a", "b", "c", "d", "e/f", "a", "d"):
        record.note(put(key))

    bucket = "arn:aws:s3:::bucket/"
    assert {f"{bucket}a": 2, f"{bucket}b": 1, f"{bucket}c": 1, f"{bucket}*": 3} == counts(record)


def test_the_bound_is_each_callers_and_each_actions(record):
    """A chatty task takes no room from another one's calls."""
    for key in "abcd":
        record.note(put(key))
    others = Principal.of(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/api/task-1", f"arn:aws:iam::{ACCOUNT}:role/api"
    )
    for number in range(3):
        record.note(send(f"{QUEUE}-{number}"))
        record.note(send(f"{QUEUE}-other-{number}", others))

    told_apart = {f"{QUEUE}-{name}{number}" for name in ("", "other-") for number in range(3)}
    assert told_apart <= set(counts(record))


def test_the_record_of_a_process_is_bounded():
    """However many objects are put."""
    record = Record()
    for number in range(3 * MAX_RESOURCES):
        record.note(put(f"{number}"))

    assert MAX_RESOURCES + 1 == len(record.seen()["decisions"])
    assert 3 * MAX_RESOURCES == sum(counts(record).values())


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        (
            "arn:aws:dynamodb:eu-west-1:111122223333:table/ledger",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/*",
        ),
        (
            "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/api:log-stream:one",
            "arn:aws:logs:eu-west-1:111122223333:log-group:*",
        ),
        (QUEUE, f"arn:aws:sqs:eu-west-1:{ACCOUNT}:*"),
        ("arn:aws:s3:::bucket/folder/key", "arn:aws:s3:::bucket/*"),
        ("*", "*"),
    ],
)
def test_a_type_is_what_begins_a_resources_name(resource, kind):
    """ARNs have two ways to write it, or none."""
    assert kind == of_its_type(resource)


def test_threads_count_together():
    """The emulated AWS answers each request in a thread of its own."""
    record = Record()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record.note(send(f"{QUEUE}-{number % 5}")), range(2000)))

    assert {f"{QUEUE}-{number}": 400 for number in range(5)} == counts(record)


def test_it_is_json_in_a_lasting_order(record):
    """Two records of the same calls are the same text."""
    other = Record(max_resources=3)
    for number in (1, 2):
        record.note(send(f"{QUEUE}-{number}"))
    for number in (2, 1):
        other.note(send(f"{QUEUE}-{number}"))

    assert json.dumps(record.seen()) == json.dumps(other.seen())
