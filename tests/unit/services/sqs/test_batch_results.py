import pytest

from sqs.batch_results import batch_results
from sqs.errors import EntryRefusedError, QueueUnavailableError


def test_confirmed_entries_have_no_error():
    """Every entry that SQS lists as successful is confirmed, whatever the order."""
    assert batch_results({"Successful": [{"Id": "1"}, {"Id": "0"}]}, 2) == [None, None]


@pytest.mark.parametrize(
    ("sender_fault", "kind"), [(True, EntryRefusedError), (False, QueueUnavailableError)]
)
def test_failed_entry_says_whose_fault_it_is(sender_fault, kind):
    """A sender fault is final; anything else may work a little later."""
    failed = {"Id": "1", "SenderFault": sender_fault, "Code": "InternalError", "Message": "try again"}

    confirmed, error = batch_results({"Successful": [{"Id": "0"}], "Failed": [failed]}, 2)

    assert confirmed is None
    assert type(error) is kind
    assert str(error) == "InternalError: try again"


def test_unmentioned_entry_is_not_confirmed():
    """An entry that the answer leaves out counts as failed: 202 needs a confirmation."""
    [error] = batch_results({}, 1)

    assert isinstance(error, QueueUnavailableError)
