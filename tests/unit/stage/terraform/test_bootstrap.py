"""An account is prepared beside the apply of what needs it."""

import pytest

from stage.errors import StageError
from stage.terraform.bootstrap import Bootstrap, RolesWatch, bootstrap_variables, variables_of


@pytest.fixture
def staging(tmp_path):
    """GIVEN a variable file of an environment."""
    file = tmp_path / "staging.tfvars"
    file.write_text('environment = "staging"\naws_region = "eu-central-1"\n')
    return file


def test_it_is_prepared_where_the_system_goes(staging):
    """In the region of its variable file, for every environment."""
    given = bootstrap_variables(variables_of([staging], {}))

    assert "eu-central-1" == given["aws_region"]
    assert "staging" in given["environments"]


def test_a_single_variable_wins(staging):
    """As it does for the system."""
    assert (
        "eu-west-1" == bootstrap_variables(variables_of([staging], {"aws_region": "eu-west-1"}))["aws_region"]
    )


def test_a_variable_file_may_be_json(tmp_path):
    """Terraform takes both."""
    file = tmp_path / "staging.tfvars.json"
    file.write_text('{"aws_region": "eu-north-1"}')

    assert "eu-north-1" == bootstrap_variables(variables_of([file], {}))["aws_region"]


def test_a_region_that_nobody_tells_is_asked_for():
    """By the variable's name."""
    with pytest.raises(StageError, match="none of the variables is aws_region: give it"):
        bootstrap_variables({})


@pytest.fixture
def bootstrap_of(tmp_path):
    """Makes the bootstrap of a root module; nothing is asked, and nothing told."""

    def make(root, var_files=()):
        return Bootstrap(root, tmp_path / "copy", None, var_files, {}, None)

    return make


def test_a_module_without_a_bootstrap_needs_none(tmp_path, bootstrap_of):
    """Nothing is run, and nothing asked."""
    (tmp_path / "main.tf").touch()

    with bootstrap_of(tmp_path).beside(roles_first=False):
        assert not (tmp_path / "copy").exists()


def test_where_nothing_makes_a_deploy_role_none_can_be_taken(tmp_path, bootstrap_of):
    """It says what to leave out."""
    with (
        pytest.raises(
            StageError, match=r"there is no .*bootstrap, which makes a deploy role: leave out --as deploy"
        ),
        bootstrap_of(tmp_path).beside(roles_first=True),
    ):
        raise AssertionError


def message(kind, address, **hook):
    """A message of Terraform's about a resource."""
    resource = {"addr": address, "resource_type": address.partition(".")[0]}
    if kind == "planned_change":
        return {"type": kind, "change": {"action": hook["action"], "resource": resource}}
    return {"type": kind, "hook": {"resource": resource, **hook}}


def test_roles_are_made_once_all_of_iam_is_there():
    """Whatever else is on its way: a role without its policies would be refused everything."""
    role, policy, bucket = (
        'aws_iam_role.deploy["staging"]',
        "aws_iam_role_policy.deploy",
        "aws_s3_bucket.state",
    )
    watch, steps = RolesWatch(), []
    watch(message("apply_complete", "aws_partition.current", id_value="aws"))
    for address in (role, policy, bucket):
        watch(message("planned_change", address, action="create"))
    watch({"type": "change_summary", "changes": {"operation": "plan"}})
    for address in (bucket, role, policy):
        steps.append(watch.made.is_set())
        watch(message("apply_complete", address, id_value=address.upper()))

    assert [False, False, False] == steps
    assert watch.made.is_set()
    assert role.upper() == watch.name_of("staging")
    assert "" == watch.name_of("production")
