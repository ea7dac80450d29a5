import pytest

from tests.plan.naive_timing import BEGIN, END, with_table


def test_a_table_takes_the_place_of_the_last_one():
    """Around it the document stays as it is."""
    document = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert with_table(document, "new") == f"a\n{BEGIN}\nnew\n{END}\nb\n"


@pytest.mark.parametrize("document", ["", BEGIN, END])
def test_a_document_without_a_place_is_said(document):
    """Nothing is written to where nobody looks."""
    with pytest.raises(ValueError, match="lacks"):
        with_table(document, "new")
