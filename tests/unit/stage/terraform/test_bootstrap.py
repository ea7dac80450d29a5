"""An account is prepared beside the apply of what needs it."""

import pytest

from stage.errors import StageError
from stage.terraform.bootstrap import bootstrap_variables, bootstrapped


@pytest.fixture
def staging(tmp_path):
    """GIVEN a variable file of an environment."""
    file = tmp_path / "staging.tfvars"
    file.write_text('environment = "staging"\naws_region = "eu-central-1"\n')
    return file


def test_it_is_prepared_where_the_system_goes(staging):
    """In the region of its variable file, for every environment."""
    given = bootstrap_variables([staging], {})

    assert "eu-central-1" == given["aws_region"]
    assert "staging" in given["environments"]


def test_a_single_variable_wins(staging):
    """As it does for the system."""
    assert "eu-west-1" == bootstrap_variables([staging], {"aws_region": "eu-west-1"})["aws_region"]


def test_a_variable_file_may_be_json(tmp_path):
    """Terraform takes both."""
    file = tmp_path / "staging.tfvars.json"
    file.write_text('{"aws_region": "eu-north-1"}')

    assert "eu-north-1" == bootstrap_variables([file], {})["aws_region"]


def test_a_region_that_nobody_tells_is_asked_for():
    """By the variable's name."""
    with pytest.raises(StageError, match="none of the variables is aws_region: give it"):
        bootstrap_variables([], {})


def test_a_module_without_a_bootstrap_needs_none(tmp_path):
    """Nothing is run, and nothing asked."""
    (tmp_path / "main.tf").touch()

    def unasked():
        raise AssertionError

    with bootstrapped(tmp_path, tmp_path / "copy", {}, unasked, unasked):
        assert not (tmp_path / "copy").exists()
