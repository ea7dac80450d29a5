from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from stage.dependencies import Dependencies
from stage.errors import StageError

TOXICS = [{"type": "latency", "attributes": {"latency": 5}, "toxicity": 1.0}]


class Reporting:
    """Takes reports of one emulated AWS."""

    def __init__(self) -> None:
        self.told = []

    def toxics(self, service, toxics):
        """Refuse one service, and note the others."""
        if service == "secretsmanager":
            raise ClientError({"Error": {"Code": "InvalidReport", "Message": "no toxic"}}, "toxics")
        self.told.append((service, toxics))


def test_each_dependency_is_told_where_it_is():
    """SQS has an emulated AWS of its own, and the relay is none of AWS's."""
    smtp, control, queues = SimpleNamespace(changes=[]), Reporting(), Reporting()
    smtp.behave = smtp.changes.append
    dependencies = Dependencies(smtp, control, queues)

    for name in ("smtp", "sqs", "dynamodb"):
        dependencies.disturb(name, TOXICS)

    assert TOXICS == smtp.changes[0]["toxics"]
    assert ([("dynamodb", TOXICS)], [("sqs", TOXICS)]) == (control.told, queues.told)


def test_calls_are_counted_where_they_come():
    """Of the relay it is connections; each process has its own services."""
    smtp = SimpleNamespace(connections=lambda: {10: 1})
    control, queues = (SimpleNamespace(calls=lambda name, at=at: {at: name}) for at in (11, 12))

    assert {
        "smtp": {10: 1},
        "sqs": {12: "sqs"},
        "dynamodb": {11: "dynamodb"},
        "secretsmanager": {11: "secretsmanager"},
    } == Dependencies(smtp, control, queues).calls()


@pytest.mark.parametrize(
    ("name", "toxic", "said"),
    [
        ("ses", {"type": "latency"}, "there are smtp, sqs, dynamodb, secretsmanager"),
        ("secretsmanager", {"type": "latence"}, "secretsmanager cannot be disturbed so: .*no toxic"),
        (
            "smtp",
            {"type": "error", "attributes": {"max_connections": 1}, "toxicity": 0.5},
            "smtp cannot be disturbed so: .*its toxicity is 1",
        ),
    ],
)
def test_what_cannot_be_is_said(name, toxic, said):
    """In the stage's own words, whoever found out."""
    with pytest.raises(StageError, match=said):
        Dependencies(SimpleNamespace(behave=print), Reporting(), Reporting()).disturb(name, [toxic])
