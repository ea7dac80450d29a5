import pytest

from tests.marked import marks, with_text

BEGIN, END = marks("place")


def test_a_text_takes_the_place_of_the_last_one():
    """Around it the document stays as it is."""
    document = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert with_text(document, "place", "new") == f"a\n{BEGIN}\nnew\n{END}\nb\n"


def test_another_place_is_left_alone():
    """A document may have several."""
    other = "\n".join([*marks("other")])
    document = f"{other}\n{BEGIN}\nold\n{END}\n"
    assert with_text(document, "place", "new") == f"{other}\n{BEGIN}\nnew\n{END}\n"


@pytest.mark.parametrize("document", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_document_without_a_place_is_said(document):
    """Nothing is written to where nobody looks."""
    with pytest.raises(ValueError, match="lacks"):
        with_text(document, "place", "new")
