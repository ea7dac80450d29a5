from pathlib import Path

import pytest

from common.errors import SetupError
from common.terraform.provider_mirror import cli_environment, find_mirror


def _mirror(folder: Path) -> Path:
    (folder / "registry.example" / "hashicorp" / "aws").mkdir(parents=True)
    return folder


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch):
    """GIVEN a person who has configured nothing."""
    monkeypatch.delenv("TF_PLUGIN_MIRROR_DIR", raising=False)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)


def test_takes_the_first_place_that_holds_the_aws_provider(tmp_path):
    """A folder without the AWS provider is no mirror."""
    (tmp_path / "empty").mkdir()
    mirror = _mirror(tmp_path / "mirror")

    assert mirror == find_mirror([tmp_path / "missing", tmp_path / "empty", mirror])


def test_is_none_without_a_mirror(tmp_path):
    """Nothing is found where nothing is."""
    assert find_mirror([tmp_path]) is None


def test_the_environment_wins(tmp_path, monkeypatch):
    """TF_PLUGIN_MIRROR_DIR is preferred to every usual place."""
    chosen = _mirror(tmp_path / "chosen")
    monkeypatch.setenv("TF_PLUGIN_MIRROR_DIR", str(chosen))

    assert chosen == find_mirror([_mirror(tmp_path / "usual")])


def test_a_wrong_choice_is_refused(tmp_path, monkeypatch):
    """A chosen folder that is no mirror is an error, not a reason to look elsewhere."""
    monkeypatch.setenv("TF_PLUGIN_MIRROR_DIR", str(tmp_path))

    with pytest.raises(SetupError, match=r"TF_PLUGIN_MIRROR_DIR=.* is no provider mirror"):
        find_mirror([_mirror(tmp_path / "usual")])


def test_looks_in_the_home_folder(tmp_path, monkeypatch):
    """Terraform's own implied mirror is one of the usual places."""
    monkeypatch.setenv("HOME", str(tmp_path))
    mirror = _mirror(tmp_path / ".terraform.d" / "plugins")

    assert mirror == find_mirror()


def test_writes_a_configuration_for_the_mirror(tmp_path, monkeypatch):
    """What the mirror holds is never asked for from the registry."""
    mirror = _mirror(tmp_path / "mirror")
    monkeypatch.setenv("TF_PLUGIN_MIRROR_DIR", str(mirror))

    written = Path(cli_environment(tmp_path)["TF_CLI_CONFIG_FILE"]).read_text()

    assert f'path    = "{mirror}"' in written
    assert 'direct {\n    exclude = ["registry.example/hashicorp/aws"]' in written


def test_keeps_a_configuration_that_exists(tmp_path, monkeypatch):
    """A person's own CLI configuration is used as it is."""
    own = tmp_path / "own.rc"
    own.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(own))

    assert str(own) == cli_environment(tmp_path)["TF_CLI_CONFIG_FILE"]


def test_forgets_a_configuration_that_does_not_exist(tmp_path, monkeypatch):
    """A dangling TF_CLI_CONFIG_FILE neither warns nor hides the mirror."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing.rc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    _mirror(tmp_path / ".terraform.d" / "plugins")

    assert str(tmp_path / "terraform.rc") == cli_environment(tmp_path)["TF_CLI_CONFIG_FILE"]


def test_uses_the_registry_otherwise(tmp_path, monkeypatch):
    """Without a mirror Terraform's own defaults stand."""
    monkeypatch.setattr("common.terraform.provider_mirror.find_mirror", lambda: None)

    assert "TF_CLI_CONFIG_FILE" not in cli_environment(tmp_path)
