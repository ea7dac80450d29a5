"""What the plan tests are quick by: no two workers wait for one plan, and few plans show everything."""

import re

import pytest

from tests.plan.matrix import BASE, CELLS, FEW


@pytest.mark.usefixtures("staging")
def test_tests_of_one_plan_run_in_one_worker(request, worker_id):
    """pytest-xdist shows a group at the end of a test's name, and hands out tests by it."""
    assert worker_id == "master" or request.node.nodeid.endswith(f"@{BASE}")


def test_few_variable_sets_have_every_resource(cells):
    """A mutation is held against these alone, so that there is nothing in the others that they have not."""
    declared = {
        name: {re.sub(r"\[[^\]]*\]", "", change["address"]) for change in cells(name).changes}
        for name in CELLS
    }
    assert set().union(*declared.values()) == set().union(*(declared[name] for name in FEW))
