from hypothesis import given
from hypothesis import strategies as st

from verify.report.lanes import Label, lanes

labels = st.builds(Label, st.floats(0, 100), st.text("ab", max_size=30))


def test_labels_with_room_between_them_share_the_lowest_lane():
    """Height is spent only where it is needed."""
    placed = lanes([Label(0, "ab"), Label(10, "cd")], letter=1)

    assert [("ab", 0), ("cd", 0)] == [(label.text, lane) for label, lane in placed]


def test_the_later_of_two_close_labels_is_the_lower():
    """The line of the later one would otherwise run through the text of the earlier one."""
    placed = lanes([Label(0, "ab"), Label(1, "cd"), Label(2, "ef")], letter=1)

    assert [("ab", 2), ("cd", 1), ("ef", 0)] == [(label.text, lane) for label, lane in placed]


@given(st.lists(labels, max_size=12))
def test_no_label_is_crossed(given_labels):
    """Neither by another label of its lane nor by the line that leads to a higher one."""
    placed = lanes(given_labels, letter=1)

    for place, (label, lane) in enumerate(placed):
        for later, its_lane in placed[place + 1 :]:
            assert later.at >= label.at + len(label.text) or its_lane < lane
