import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("common", "services", "stage", "verify", "ops")

_RIDDLE = re.compile(r"(What|Whose|Where|Who)\b")


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each docstring: of modules, classes, functions, and of attributes below them."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield statement.lineno, text.strip()


def riddles(source: str) -> list[int]:
    """Lines of the docstrings that ask instead of saying what a thing is."""
    return sorted(line for line, text in docstrings(source) if _RIDDLE.match(text))


@pytest.mark.parametrize("room", ROOMS)
def test_every_docstring_begins_with_the_thing_or_a_verb(room):
    """Docstrings of the product say what a thing is, and ask nothing."""
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / room).rglob("*.py")
        for line in riddles(path.read_text(encoding="utf-8"))
    }

    assert set() == found


@pytest.mark.parametrize(
    "source",
    [
        '"""What can go wrong."""',
        '"""\nWhose id this is."""',
        'class Table:\n    """Where items are kept."""',
        'class Table:\n    def _find(self):\n        """Who makes a request."""',
        'async def _find():\n    """What stands there."""',
        'SECONDS = 5.0\n"""What a call may take."""',
        'if SLOW:\n    def find():\n        """Whose it is."""',
    ],
)
def test_a_docstring_that_asks_what_whose_where_or_who_is_found(source):
    """The rule finds such a docstring wherever it stands."""
    assert 1 == len(riddles(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""Errors that can go wrong. What to do about them is up to the caller."""',
        'def find():\n    """Whatever is known of an address."""',
        'QUESTION = """What is it?"""',
        'def find():\n    return "Who is it?"',
    ],
)
def test_a_docstring_that_says_what_a_thing_is_may_stand(source):
    """The rule objects to the beginning of docstrings alone."""
    assert [] == riddles(source)
