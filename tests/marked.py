"""Places in documents that programs write: whatever stands between two marks, each on a line of its own."""


def marks(name: str) -> tuple[str, str]:
    """The mark before a place and the one after it, which a reader of the document does not see."""
    return f"<!-- begin: {name} -->", f"<!-- end: {name} -->"


def with_text(document: str, name: str, text: str) -> str:
    """A document with a new text at the place of this name; all around it stays as it is.

    Raises:
        ValueError: It does not have both marks, in their order.
    """
    begin, end = marks(name)
    before, begun, rest = document.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        raise ValueError(f"the document lacks {begin} or {end} after it: write both where the text is to be")
    return f"{before}{begin}\n{text.rstrip()}\n{end}{after}"
