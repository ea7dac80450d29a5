import pytest

from stage.cpu.quota import choose_quota


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

    assert "duty-cycle" == quota.method
