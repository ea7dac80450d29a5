from tests.plan.difference import Difference, differences, readable

QUEUE = "aws_sqs_queue.this"


def _lines(expected, planned, *, complete=True):
    return [str(one) for one in differences({QUEUE: expected}, {QUEUE: planned}, complete=complete)]


def test_what_is_equal_does_not_differ():
    """No line for a plan that is as it should be."""
    assert [] == _lines({"a": 1, "b": [{"c": True}]}, {"a": 1, "b": [{"c": True}]})


def test_a_changed_value():
    """The line names the argument and both values."""
    assert ["delay: expected 0, planned 5"] == _lines({"delay": 0}, {"delay": 5})


def test_a_changed_value_in_a_block():
    """The line names the block and the place."""
    expected = {"rule": [{"days": 1}, {"days": 2}]}
    assert ["rule.1.days: expected 2, planned 3"] == _lines(expected, {"rule": [{"days": 1}, {"days": 3}]})


def test_a_removed_block():
    """A list that has become shorter is shown whole."""
    assert ["rule: expected [1, 2], planned [1]"] == _lines({"rule": [1, 2]}, {"rule": [1]})


def test_a_missing_argument():
    """Something was expected and nothing is planned."""
    assert ['kms: expected "key", planned nothing'] == _lines({"kms": "key"}, {})


def test_a_further_argument_counts_where_all_are_listed():
    """A complete inventory misses nothing that is planned."""
    assert ["public: expected nothing, planned true"] == _lines({}, {"public": True})
    assert [] == _lines({}, {"public": True}, complete=False)


def test_true_is_not_one():
    """A flag that became a number differs, although Python calls them equal."""
    assert ["flag: expected true, planned 1"] == _lines({"flag": True}, {"flag": 1})


def test_addresses_that_are_missing_and_further_ones():
    """Each resource that is on one side alone is one line."""
    found = differences({"a.gone": {"x": 1}}, {"a.new": {}}, complete=True)
    assert ["a.gone", "a.new"] == [one.address for one in found]


def test_a_long_value_is_cut():
    """A dashboard does not fill the terminal."""
    assert len(str(Difference("a", "b", "x" * 5000, 1))) < 400


def test_lines_stand_under_their_address():
    """The address is said once."""
    found = [Difference("a.b", "c", 1, 2), Difference("a.b", "d", 3, 4), Difference("e.f", "g", 5, 6)]
    assert [
        "  a.b",
        "    c: expected 1, planned 2",
        "    d: expected 3, planned 4",
        "  e.f",
        "    g: expected 5, planned 6",
    ] == readable(found).splitlines()
