import pytest

from tests.bench.document import BEGIN, END, with_figures


def test_figures_take_the_place_of_the_last_ones():
    """Around them the document stays as it is."""
    document = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert with_figures(document, "new") == f"a\n{BEGIN}\nnew\n{END}\nb\n"


@pytest.mark.parametrize("document", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_document_without_a_place_is_said(document):
    """Nothing is written to where nobody looks."""
    with pytest.raises(ValueError, match="lacks"):
        with_figures(document, "new")
