import pytest

from tests.plan.provider import provider_binary


def test_the_installed_provider_is_found(tmp_path):
    """It lies where terraform init puts it."""
    folder = tmp_path / "providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_v5.100.0_x5").touch()
    assert "terraform-provider-aws_v5.100.0_x5" == provider_binary(tmp_path).name


def test_without_a_provider_nothing_is_found(tmp_path):
    """A failed init is said to be one."""
    with pytest.raises(FileNotFoundError, match="no AWS provider"):
        provider_binary(tmp_path)
