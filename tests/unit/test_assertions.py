"""Assertions read as sentences do everywhere: what is expected, then what there is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def backwards(code: str) -> Iterator[int]:
    """Lines of assertions that have a literal on the right and none on the left."""
    for node in ast.walk(ast.parse(code)):
        test = node.test if isinstance(node, ast.Assert) else None
        is_equality = isinstance(test, ast.Compare) and [ast.Eq] == [type(each) for each in test.ops]
        if is_equality and _is_literal(test.comparators[0]) and not _is_literal(test.left):
            yield node.lineno


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def test_what_is_expected_comes_first():
    """A failure then says in the same order everywhere what should have been and what was."""
    found = {
        f"{file.relative_to(TESTS)}:{line}"
        for file in TESTS.rglob("*.py")
        for line in backwards(file.read_text())
    }

    assert set() == found


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("assert found == 1", [1]),
        ("assert 1 == found", []),
        ("x = 1\nassert found == [\n  'a',\n]", [2]),
        ("assert found == expected", []),
        ("assert 1 == 1", []),
        ("assert found == {**more}", []),
        ("assert found >= 1", []),
    ],
)
def test_an_assertion_that_reads_backwards_is_found(code, lines):
    """Only one with a literal can be told from the other way round."""
    assert lines == list(backwards(code))
