"""What no plan shows is read from the text, and held against inventories too."""

import pytest
import yaml

from tests.plan.declared import declared
from tests.plan.difference import differences, readable
from tests.plan.inventory import FOLDER, write_tree
from tests.plan.offline import ROOT_MODULE
from tests.plan.wiring import wiring

pytestmark = pytest.mark.inventory

READERS = {
    "declared": lambda: declared(ROOT_MODULE),
    "wiring": lambda: wiring(ROOT_MODULE),
    "wiring-bootstrap": lambda: wiring(ROOT_MODULE / "bootstrap"),
}


@pytest.mark.parametrize("inventory", READERS)
def test_text(inventory, request):
    """Each reference, lifecycle, provider and flag is as its inventory lists it."""
    found = READERS[inventory]()
    command = f"python -m pytest tests/plan/test_text.py --write {inventory}"
    file = FOLDER / f"{inventory}.yaml"
    if request.config.getoption("--write") in (inventory, "all"):
        write_tree(file, command, found)
        pytest.skip(f"wrote {file}")
    wanted = yaml.safe_load(file.read_text())
    wrong = [
        one
        for part in sorted(wanted.keys() | found.keys())
        for one in differences(wanted.get(part, {}), found.get(part, {}), complete=True)
    ]
    if wrong:
        pytest.fail(
            f"{len(wrong)} differences from tests/plan/inventories/{inventory}.yaml:\n{readable(wrong)}\n"
            f"Where the change is meant, write the inventory anew:\n  {command}",
            pytrace=False,
        )
