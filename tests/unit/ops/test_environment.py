"""What an environment's state tells while an apply writes it."""

import pytest

from common.terraform.terraform_cli import TerraformError
from ops import environment as module
from ops.environment import Environment, NothingAppliedError, Place

STATE = {"values": {"root_module": {}}}
OUTPUTS = {"aws_region": "eu-central-1"}
CUT = TerraformError("terraform show: unexpected end of JSON input")


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Makes one whose Terraform gives these answers, one after the other; nobody waits."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)

    def made(*answers):
        coming = list(answers)

        class Terraform:
            """Reads the state."""

            def __init__(self, *_):
                pass

            def outputs(self):
                """The next answer."""
                answer = coming.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

            def ask(self, *_):
                """The next answer."""
                return self.outputs()

        monkeypatch.setattr(module, "TerraformCli", Terraform)
        return Environment(Place("staging", tmp_path, (), tmp_path, None), print)

    return made


@pytest.mark.parametrize("written", [[{}], [CUT], [{}, CUT, {}]])
def test_a_state_that_is_just_written_is_read_again(environment, written):
    """For a moment there is nothing in its file, or half of it."""
    assert STATE == environment(*written, STATE).state()
    assert OUTPUTS == environment(*written, OUTPUTS).outputs()
    assert ("a", 7) == environment(*written, {"lineage": "a", "serial": 7}).version()


def test_an_environment_without_a_state_stays_without(environment):
    """It is told after a moment, and not taken for one that is being written for ever."""
    with pytest.raises(NothingAppliedError, match="nothing is applied in staging"):
        environment(*[{}] * 4).outputs()


def test_a_state_that_cannot_be_read_is_told(environment):
    """With Terraform's own reason."""
    with pytest.raises(TerraformError, match="unexpected end"):
        environment(*[CUT] * 4).state()
