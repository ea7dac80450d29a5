import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# What also runs against an account, and in the load generator's tasks.
MODULES = sorted((ROOT / "verify").rglob("*.py")) + sorted((ROOT / "common").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_runs_against_aws_knows_nothing_of_the_stage(path):
    """Or a run against staging would need the stage, and could lean on what AWS does not have."""
    assert set() == {"stage"} & _imported(path)


def _imported(path):
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in plain + named}
