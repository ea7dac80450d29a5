import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sqs.batch_results import batch_results
from shared.sqs.errors import EntryRefusedError, QueueUnavailableError


def test_confirmed_entries_have_no_error():
    """Every entry that SQS lists as successful is confirmed, whatever the order."""
    assert [None, None] == batch_results({"Successful": [{"Id": "1"}, {"Id": "0"}]}, 2)


@pytest.mark.parametrize(
    ("sender_fault", "kind"), [(True, EntryRefusedError), (False, QueueUnavailableError)]
)
def test_failed_entry_says_whose_fault_it_is(sender_fault, kind):
    """A sender fault is final; anything else may work a little later."""
    failed = {"Id": "1", "SenderFault": sender_fault, "Code": "InternalError", "Message": "try again"}

    confirmed, error = batch_results({"Successful": [{"Id": "0"}], "Failed": [failed]}, 2)

    assert confirmed is None
    assert type(error) is kind
    assert "InternalError: try again" == str(error)


def test_unmentioned_entry_is_not_confirmed():
    """An entry that the answer leaves out counts as failed: 202 needs a confirmation."""
    [error] = batch_results({}, 1)

    assert isinstance(error, QueueUnavailableError)


def test_an_entry_in_both_lists_is_not_confirmed():
    """What SQS also lists as failed may not be told to anybody as done."""
    both = {"Successful": [{"Id": "0"}], "Failed": [{"Id": "0", "SenderFault": False, "Code": "Busy"}]}

    [error] = batch_results(both, 1)

    assert isinstance(error, QueueUnavailableError)


@pytest.mark.parametrize("strange", ["1", "-1", "01", " 0", "\u0660", "zero", "", None, 7, [], {}])
@pytest.mark.parametrize("name", ["Successful", "Failed"])
def test_an_entry_that_was_not_asked_for_says_nothing(name, strange):
    """An id that the call did not have confirms no other entry, and breaks nothing."""
    answer = {"Successful": [{"Id": "0"}]}
    answer = {**answer, name: [*answer.get(name, []), {"Id": strange}, {}, None, "0", 7]}

    assert [None] == batch_results(answer, 1)


@pytest.mark.parametrize("listed", [None, {}, "0", 7, [None]])
def test_what_is_no_list_confirms_nothing(listed):
    """An answer of another form is no confirmation."""
    [error] = batch_results({"Successful": listed, "Failed": listed}, 1)

    assert isinstance(error, QueueUnavailableError)


@pytest.mark.parametrize("fault", [None, "true", 1, {}])
def test_only_a_plain_sender_fault_is_final(fault):
    """What is not clearly the entry's own fault may be sent again."""
    [error] = batch_results({"Failed": [{"Id": "0", "SenderFault": fault}]}, 1)

    assert isinstance(error, QueueUnavailableError)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["0", "1", "2", "x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["Id", "Code"]), inner),
)


@given(st.dictionaries(st.sampled_from(["Successful", "Failed"]), _ANYTHING), st.integers(0, 3))
def test_whatever_the_answer_there_is_one_result_an_entry(answer, entries):
    """None only for an entry that is listed by its id as successful, and not as failed."""
    results = batch_results(answer, entries)

    assert entries == len(results)
    for place, result in enumerate(results):
        if result is None:
            assert any(
                isinstance(each, dict) and str(place) == str(each.get("Id")) for each in answer["Successful"]
            )
