import re

import pytest

from tests.plan.difference import readable
from tests.plan.inventory import FOLDER, command, expected, mismatches, planned, write
from tests.plan.matrix import CELLS

pytestmark = pytest.mark.inventory

# Beside the matrix: every module by itself, the account's own root, and the example.
INVENTORIES = [*CELLS, "standalone", "bootstrap", "minimal"]
# Calls in standalone/ that show an edge to be accepted, and hold nothing else that is new.
FOR_ACCEPTANCE = re.compile(r"module\.\w+_(edge|high|least|low|most|sizes|small)\b")
# What no plan shows: test_text.py.
OF_TEXT = {"declared", "wiring", "wiring-bootstrap"}


@pytest.mark.parametrize("inventory", INVENTORIES)
def test_inventory(inventory, request, cells):
    """The plan holds what its inventory lists, and nothing else."""
    plan = cells(inventory) if inventory in CELLS else request.getfixturevalue(inventory)
    holds = planned(plan, leave_out=FOR_ACCEPTANCE if inventory == "standalone" else None)
    if request.config.getoption("--write") in (inventory, "all"):
        pytest.skip(f"wrote {write(inventory, holds)}")
    found = mismatches(expected(inventory), holds)
    if found:
        pytest.fail(
            f"{len(found)} differences from tests/plan/inventories/{inventory}.yaml:\n{readable(found)}\n"
            f"Where the change is meant, write the inventory anew:\n  {command(inventory)}",
            pytrace=False,
        )


def test_every_inventory_belongs_to_a_plan():
    """No file is left behind that nothing is held against."""
    assert {file.stem for file in FOLDER.glob("*.yaml")} == {*INVENTORIES, *OF_TEXT}
