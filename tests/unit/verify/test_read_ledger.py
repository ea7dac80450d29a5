from dataclasses import replace
from pathlib import Path

from tests.unit.verify.fake_system import FakeSystem
from verify.read_ledger import tried
from verify.record import Tried


class Ledger:
    """Answers as DynamoDB does when it is asked for more than it gives at once."""

    def __init__(self, items) -> None:
        self.items = items
        self.asked = []

    def batch_get_item(self, *, RequestItems) -> dict:  # noqa: N803 - boto3's name
        """The first half of what is wanted; the rest is to be asked for again."""
        keys = [key["notification_id"]["S"] for key in RequestItems["ledger"]["Keys"]]
        self.asked.append(len(keys))
        now, later = keys[: (len(keys) + 1) // 2], keys[(len(keys) + 1) // 2 :]
        rest = {"ledger": {"Keys": [{"notification_id": {"S": key}} for key in later]}} if later else {}
        return {
            "Responses": {"ledger": [self.items[key] for key in now if key in self.items]},
            "UnprocessedKeys": rest,
        }


def item(notification_id, **more):
    """An item of the ledger, as far as it is read."""
    given = {name: {"N": str(value)} for name, value in more.items()}
    return {"notification_id": {"S": notification_id}, "state": {"S": "sent"}, "attempt": {"N": "2"}} | given


def test_all_are_asked_for_however_few_come_at_once():
    """100 keys a call, and what was not processed again; a mail without failures has no count of them."""
    names = [f"n-{number}" for number in range(150)]
    ledger = Ledger({name: item(name) for name in names[1:]} | {"n-7": item("n-7", failures=3, refusals=1)})
    target = replace(FakeSystem("", Path("mails.jsonl")).target(), dynamodb=ledger)

    found = {one.notification_id: one for one in tried(target, names)}

    assert set(names[1:]) == set(found)
    assert Tried("n-7", "sent", 2, failures=3, refusals=1) == found["n-7"]
    assert Tried("n-8", "sent", 2) == found["n-8"]
    assert max(ledger.asked) <= 100
