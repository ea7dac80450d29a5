from email_sender.ledger import Event
from email_sender.ledger.item import MAX_EVENTS, from_attributes, to_attributes


def test_dynamodb_gives_back_what_it_was_given(item):
    """An item survives its way to DynamoDB and back, with milliseconds."""
    events = (Event(1000.125, "sending", 1), Event(1001.5, "retry", 1, "451 later"))
    for written in (item(events=events), item(failures=2, refusals=1, failing_seconds=1.5)):
        assert written == from_attributes(to_attributes(written))


def test_item_of_an_older_sender(item):
    """What an older Email Sender wrote has not failed so far; what never failed is written as it was then."""
    assert not {"failures", "refusals", "failing_seconds"} & to_attributes(item()).keys()
    assert (0, 0, 0.0) == (item().failures, item().refusals, item().failing_seconds)


def test_attributes_are_dynamodbs(item):
    """The key and the TTL are what the table declares: a string, and whole epoch seconds as a number."""
    attributes = to_attributes(item())

    assert {"S": "id-1"} == attributes["notification_id"]
    assert {"N": "87000"} == attributes["expires_at"]


def test_events_are_bounded(item):
    """However often something happens, the first event and the latest are kept."""
    written = item(events=(Event(0, "sending", 1),))
    for n in range(1, MAX_EVENTS + 10):
        written = item(events=written.with_event(Event(n, "retry", n)))

    assert MAX_EVENTS == len(written.events)
    assert (0, MAX_EVENTS + 9) == (written.events[0].at, written.events[-1].at)


def test_last_reason(item):
    """The latest reason counts; without any it says so."""
    events = (Event(1, "retry", 1, "first"), Event(2, "failed", 2, "second"), Event(3, "conflict"))

    assert "second" == item(events=events).last_reason
    assert "no reason was written" == item().last_reason
