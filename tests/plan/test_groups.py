"""The plan tests are as quick as they are because no two workers wait for one plan."""

import pytest

from tests.plan.matrix import BASE


@pytest.mark.usefixtures("staging")
def test_tests_of_one_plan_run_in_one_worker(request, worker_id):
    """pytest-xdist shows a group at the end of a test's name, and hands out tests by it."""
    assert worker_id == "master" or request.node.nodeid.endswith(f"@{BASE}")
