import pytest

from stage.cpu.quota import choose_quota
from stage.errors import StageError


@pytest.mark.usefixtures("without_cgroups")
@pytest.mark.parametrize("method", ["cgroup-v1", "cgroup-v2"])
def test_a_forced_method_that_is_unavailable_is_an_error(method):
    """The message names the method, the reason and the way out."""
    with pytest.raises(StageError, match=f"{method}: no hierarchy .*duty-cycle"):
        choose_quota("test-quota", method)


def test_an_unknown_method_is_an_error():
    """The message lists what can be chosen."""
    with pytest.raises(StageError, match="choose one of cgroup-v2, cgroup-v1, duty-cycle"):
        choose_quota("test-quota", "nice")
