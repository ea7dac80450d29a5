import pytest

from tests.apply.workers import mode_of


@pytest.mark.parametrize(
    ("nodeid", "mode"),
    [
        ("tests/apply/test_lifecycle.py::test_a_second_plan_is_empty[none]", "none"),
        ("tests/apply/test_scaling.py::test_bounds[service_connect-bounds0]", "service_connect"),
        ("tests/apply/test_mesh.py::TestAppMesh::test_routes[app_mesh]", "app_mesh"),
        ("tests/apply/test_bootstrap.py::test_a_change_arrives", "bootstrap"),
    ],
)
def test_the_mode_is_the_first_parameter(nodeid, mode):
    """Whatever else a test is parametrized with."""
    assert mode == mode_of(nodeid)
