"""Where the figures stand in the documentation."""

BEGIN, END = "<!-- begin: bench -->", "<!-- end: bench -->"


def with_figures(document: str, figures: str) -> str:
    """A document with new figures between its two marks.

    Raises:
        ValueError: It does not have both marks, in their order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN} or {END} after it")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"
