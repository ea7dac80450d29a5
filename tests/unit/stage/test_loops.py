import ast
from pathlib import Path

import pytest

STAGE = Path(__file__).resolve().parents[3] / "stage"
LOOPS = sorted(path.parent for path in STAGE.glob("*/loop.py"))
FIVE = {"loop.py", "read.py", "model.py", "decide.py", "perform.py"}
# Clocks that run, threads, the network and processes; and who has to do with AWS.
_IMPURE = {"boto3", "os", "queue", "socket", "subprocess", "threading", "time"}
_IMPURE |= {"stage.control_plane.aws", "common.pages", "stage.control_plane.reports"}
_OTHERS = ("loop", "read", "perform")

of_each_loop = pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)


def imported(path):
    """Modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                yield node.module


def test_there_are_six_loops():
    """The stage's page names them."""
    assert ["alarms", "load_balancer", "metrics", "scheduler", "target_tracking", "tasks"] == [
        loop.name for loop in LOOPS
    ]


@of_each_loop
def test_who_knows_one_loop_knows_all(loop):
    """Each has the five modules."""
    assert set() == FIVE - {path.name for path in loop.iterdir()}


@of_each_loop
@pytest.mark.parametrize("name", ["model.py", "decide.py"])
def test_what_is_known_and_decided_depends_on_nothing_that_happens(loop, name):
    """Neither waits, nor asks AWS, nor calls who reads and performs."""
    found = {
        module for module in imported(loop / name) if module in _IMPURE or module.split(".")[-1] in _OTHERS
    }

    assert set() == found


@of_each_loop
def test_a_model_is_frozen(loop):
    """Nobody changes what another has read or decided."""
    decorators = [
        ast.unparse(decorator)
        for node in ast.parse((loop / "model.py").read_text()).body
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
    ]

    assert {"dataclass(frozen=True)"} == set(decorators)
