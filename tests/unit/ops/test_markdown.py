"""Values that somebody else has written, within Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ops.markdown import cell, code, line, plain, table, within

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_NOTHING_WIDE = "\u200b"
NASTY = st.text(alphabet="ab1|\\`*_[]()<>@#~&;! \n\r\t:/.-+=\"'\u202e\u2028", max_size=20)


def shown(token):
    """All that a person reads of a paragraph or a cell, without what has no width."""
    return "".join(one.content for one in token.children).replace(_NOTHING_WIDE, "")


def read(text):
    """All that a person reads of a paragraph."""
    return "".join(shown(token) for token in _READER.parse(text) if token.type == "inline")


@given(NASTY)
def test_a_value_stays_in_its_cell(value):
    """Each row has as many cells as the header, and each shows the value and nothing else."""
    made = table(("what", "why", "how"), [(cell(value), plain(value), cell(value))] * 2)
    tokens = _READER.parse("\n".join(made))

    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type == "td_open"]
    as_code = line(value).replace("`", "'")
    assert [as_code, line(value), as_code] * 2 == list(map(shown, cells))
    assert {"code_inline", "text", "text_special"} >= {one.type for token in cells for one in token.children}


def test_what_is_written_as_an_entity_stays_as_it_is_written():
    """Else it would be shown as what it stands for, a mention for one."""
    assert "&lt;b&gt; &#64;octocat" == read(plain("&lt;b&gt; &#64;octocat"))


@given(NASTY)
def test_a_value_begins_nothing_in_a_list(value):
    """No list, heading or rule of its own."""
    types = {token.type for token in _READER.parse(f"- {plain(value)}x")}

    assert {
        *("bullet_list_open", "list_item_open", "paragraph_open", "inline"),
        *("paragraph_close", "list_item_close", "bullet_list_close"),
    } == types
    assert f"{line(value)}x".replace(" ", "") == read(f"- {plain(value)}x").replace(" ", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ask @octocat", r"@\w"),
        ("@org/team", r"@\w"),
        ("mail me@example.com", r"@\w"),
        ("see #12", r"#\d"),
        ("see gh-12", r"(?i)gh-\d"),
        ("see https://example.org", "://"),
        ("see www.example.org", r"www\."),
    ],
)
def test_nobody_is_called_and_nothing_linked(text, found):
    """GitHub looks for them in what is shown; a person reads the same as before."""
    assert re.search(found, text)
    assert None is re.search(found, plain(text))
    assert text == read(plain(text))


def test_code_has_no_mentions_and_shows_what_it_is():
    """GitHub looks for them outside of code alone."""
    assert '`aws_sqs_queue.this["a@b"]`' == code('aws_sqs_queue.this["a@b"]')
    assert "" == code("")


def test_a_bar_ends_a_cell_and_nothing_else():
    """Outside of a table a backslash before it would be shown."""
    assert ("`a|b`", "`a\\|b`") == (code("a|b"), cell("a|b"))


@pytest.mark.parametrize("nobody_sees", ["\u202e", "\u200f", "\x00", "\x1b", "\ufeff"])
def test_what_nobody_sees_is_left_out(nobody_sees):
    """A text whose direction is turned around reads as another one."""
    assert "a b" == line(f"a{nobody_sees}b")


@pytest.mark.parametrize("limit", [11, 14, 15, 16, 17])
def test_what_is_too_long_is_cut_at_the_end_of_a_line(limit):
    """And says so; half a row of a table would be no row."""
    text = "first\nsecond\nthird"
    made = within(text, limit, "cut")

    assert limit >= len(made)
    assert ("first\n\ncut" if limit < 17 else "first\nsecond\n\ncut") == made


def test_what_is_short_enough_stays_as_it_is():
    """By characters, or as somebody counts."""
    assert "ä\nö" == within("ä\nö", 3, "cut")
    assert "\n\ncut" == within("ä\nö", 4, "cut", lambda text: len(text.encode()))
