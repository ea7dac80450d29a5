import pytest

from tests.plan.provider import RunningProvider, provider_binary

ANNOUNCES = """#!/bin/sh
echo 'Starting'
echo "	TF_REATTACH_PROVIDERS='{\\"aws\\":{\\"Pid\\":1}}'"
exec sleep 60
"""


def _program(folder, text):
    file = folder / "provider"
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_a_running_provider_says_where_it_listens(tmp_path):
    """Terraform is told in the provider's own words; then it can be ended."""
    provider = RunningProvider(_program(tmp_path, ANNOUNCES), {"PATH": "/usr/bin:/bin"})
    try:
        assert provider.address == '{"aws":{"Pid":1}}'
    finally:
        provider.stop()


def test_a_provider_that_ends_at_once_is_said(tmp_path):
    """Nothing waits for it."""
    with pytest.raises(RuntimeError, match="ended before it said where it listens"):
        RunningProvider(_program(tmp_path, "#!/bin/sh\nexit 1\n"), {"PATH": "/usr/bin:/bin"})


def test_the_installed_provider_is_found(tmp_path):
    """It lies where terraform init puts it."""
    folder = tmp_path / "providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_v5.100.0_x5").touch()
    assert provider_binary(tmp_path).name == "terraform-provider-aws_v5.100.0_x5"


def test_without_a_provider_nothing_is_found(tmp_path):
    """A failed init is said to be one."""
    with pytest.raises(FileNotFoundError, match="no AWS provider"):
        provider_binary(tmp_path)
