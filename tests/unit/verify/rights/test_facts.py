import json

from tests.unit.verify.rights.worlds import QUEUE, SENDER, allowed, refused, role, seen, statement
from verify.rights.facts import facts
from verify.rights.judge import judge
from verify.rights.reasons import Reason, Reasons

RECEIVE, PURGE, DELETE = "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:DeleteMessage"


def test_machines_read_all_that_there_is_to_say():
    """Rights of each role, refusals, and the findings."""
    observed = seen(
        allowed(RECEIVE, "Work", count=2),
        allowed(RECEIVE, kind="", name=""),
        refused(PURGE),
        refused(PURGE, principal="sns.amazonaws.com"),
        roles=[role(statement("Work", [RECEIVE, DELETE, "sqs:SendMessage"]))],
    )
    reasons = Reasons(unused=(Reason("reasons.yaml:2", "*", "An incident's.", DELETE),))

    found = json.loads(json.dumps(facts(judge(observed, reasons))))

    assert {"unused": 1, "refused": 2} == {
        kind: sum(one["kind"] == kind for one in found["findings"]) for kind in ("unused", "refused")
    }
    (of_sender,) = found["roles"]
    assert SENDER == of_sender["arn"]
    assert [
        {"statement": "run/Work", "action": RECEIVE, "written": RECEIVE, "count": 2, "resources": [QUEUE]}
    ] == of_sender["used"]
    assert [
        {"statement": "run/Work", "action": "sqs:SendMessage", "written": "sqs:SendMessage"}
    ] == of_sender["unused"]
    assert [("An incident's.", "reasons.yaml:2")] == [
        (one["reason"], one["place"]) for one in of_sender["excused"]
    ]
    assert [RECEIVE] == [one["action"] for one in of_sender["otherwise"]]
    assert [(PURGE, "")] == [(one["action"], one["reason"]) for one in of_sender["refused"]]
    assert ["sns.amazonaws.com"] == [one["principal"] for one in found["others_refused"]]
