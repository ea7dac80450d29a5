"""`terraform validate` has nothing to say, neither as an error nor as a warning."""

import pytest

from tests.plan.hcl import read_module
from tests.plan.offline import ROOT_MODULE
from tests.plan.readme_tables import folders

# Validating a root validates every module that it calls.
ROOTS = [".", "bootstrap", "examples/minimal"]


@pytest.mark.parametrize("root", ROOTS)
def test_terraform_has_nothing_to_say(offline, root):
    """Every reference resolves, every argument exists, and nothing that is used is deprecated."""
    assert [] == offline.diagnostics(root)


def test_every_folder_is_validated():
    """A folder is one of the roots, or one of them calls it."""
    found = {ROOT_MODULE / root for root in ROOTS}
    for root in tuple(found):
        found |= _called(root)
    assert found == set(folders())


def _called(folder):
    """Every module below a folder, however deep."""
    calls = read_module(folder).calls.values()
    direct = {(folder / call["source"].strip('"')).resolve() for call in calls}
    return direct.union(*map(_called, direct))
