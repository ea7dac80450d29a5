import pytest

from stage.cpu.quota import choose_quota
from stage.errors import StageError


@pytest.fixture
def without_cgroups(monkeypatch):
    """A machine where no cgroup hierarchy is mounted."""
    for version, find in (("v1", "find_v1_cpu"), ("v2", "find_v2")):
        monkeypatch.setattr(f"stage.cpu.cgroup_{version}.{find}", lambda: None)


def test_takes_cgroups_where_it_can(cgroup_method):
    """Where a cgroup can be used, it is chosen over the duty cycle."""
    quota = choose_quota("test-quota")
    quota.close()

    assert cgroup_method == quota.method


@pytest.mark.usefixtures("without_cgroups")
def test_takes_the_duty_cycle_where_nothing_else_works():
    """The duty cycle needs nothing of the machine."""
    quota = choose_quota("test-quota")
    quota.close()

    assert quota.method == "duty-cycle"


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
