import pytest

from tests.plan.provider import RunningProvider

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
        assert '{"aws":{"Pid":1}}' == provider.address
    finally:
        provider.stop()


def test_a_provider_that_ends_at_once_is_said(tmp_path):
    """Nothing waits for it."""
    with pytest.raises(RuntimeError, match="ended before it said where it listens"):
        RunningProvider(_program(tmp_path, "#!/bin/sh\nexit 1\n"), {"PATH": "/usr/bin:/bin"})
