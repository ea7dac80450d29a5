import pytest

from tests.apply.workers import chain_of, mode_of


@pytest.mark.parametrize(
    ("nodeid", "mode", "chain"),
    [
        ("tests/apply/test_lifecycle.py::test_a_second_plan_is_empty[none]", "none", "production"),
        (
            "tests/apply/test_scaling.py::test_bounds[service_connect-bounds0]",
            "service_connect",
            "production",
        ),
        ("tests/apply/test_mesh.py::TestAppMesh::test_routes[app_mesh]", "app_mesh", "production"),
        ("tests/apply/test_lifecycle.py::test_a_second_plan_is_empty[staging]", "staging", "first_run"),
        ("tests/apply/test_first_run.py::test_tasks_run", "", "first_run"),
        ("tests/apply/test_bootstrap.py::test_a_change_arrives", "", "bootstrap"),
    ],
)
def test_the_mode_is_the_first_parameter(nodeid, mode, chain):
    """Whatever else a test is parametrized with; what comes after the first run is in its account."""
    assert (mode, chain) == (mode_of(nodeid), chain_of(nodeid))
