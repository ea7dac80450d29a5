from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from shared.status import DeliveryStatus, TimelineEvent

_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_json_round_trip():
    """What the Email Sender answers the Notification API reads."""
    timeline = [
        TimelineEvent(at=_AT, event="retry", attempt=1, detail="busy"),
        TimelineEvent(at=_AT, event="sent"),
    ]
    status = DeliveryStatus(id="n1", state="sent", attempts=2, timeline=timeline)

    assert status == DeliveryStatus.model_validate_json(status.model_dump_json())


def test_unknown_field_is_ignored():
    """A field that a newer Email Sender adds does not stop an older Notification API."""
    text = '{"id":"n1","state":"accepted","attempts":0,"timeline":[],"provider":"ses"}'

    assert "accepted" == DeliveryStatus.model_validate_json(text).state


@pytest.mark.parametrize("change", [{"state": "lost"}, {"attempts": -1}, {"id": "a b"}])
def test_refuses_what_nobody_agreed_on(change):
    """A state that callers do not know, or an impossible number, is refused."""
    fields = {"id": "n1", "state": "sent", "attempts": 1, "timeline": []}

    with pytest.raises(ValidationError):
        DeliveryStatus.model_validate({**fields, **change})
