import os

import pytest

from stage.cpu.cgroup_v1 import CgroupV1Quota
from stage.cpu.hierarchy import Hierarchy, run_name
from stage.errors import StageError

TASK = 4_200_003


def open_quota(files, own, run_id="run"):
    """A quota on a fake kernel, for a stage whose cgroup is `own`."""
    return CgroupV1Quota(run_id, Hierarchy(files.root, own), files)


@pytest.fixture
def own(fake_v1):
    """The cgroup that we are in, with a task in it."""
    own = fake_v1.root / "session"
    fake_v1.make(own)
    fake_v1.start(TASK, own)
    return own


class TestAttach:
    """Holding a process to its quota."""

    def test_writes_quota_and_period(self, fake_v1, own):
        """A quarter of a core is 25 ms of every 100 ms."""
        quota = open_quota(fake_v1, own)

        quota.attach(TASK, 0.25)

        group = fake_v1.where(TASK)
        assert ("25000", "100000") == (
            fake_v1.read(group, "cpu.cfs_quota_us"),
            fake_v1.read(group, "cpu.cfs_period_us"),
        )

    def test_refuses_what_the_kernel_cannot_enforce(self, fake_v1, own):
        """A quota below 1 ms a period is an error that says so."""
        quota = open_quota(fake_v1, own)

        with pytest.raises(StageError, match=r"0\.005 cores is below 0\.01"):
            quota.attach(TASK, 0.005)


class TestRelease:
    """Letting one process go."""

    def test_hands_the_process_back(self, fake_v1, own):
        """A released process is where it came from."""
        quota = open_quota(fake_v1, own)
        quota.attach(TASK, 0.25)

        quota.release(TASK)

        assert own == fake_v1.where(TASK)


class TestProtect:
    """Keeping a process from being starved."""

    def test_outweighs_the_rest_of_the_host(self, fake_v1, own):
        """A protected process shares a weight a hundred times a neighbour's, and has no quota."""
        quota = open_quota(fake_v1, own)

        quota.protect(TASK)

        group = fake_v1.where(TASK)
        assert "" == fake_v1.read(group, "cpu.cfs_quota_us")
        assert "102400" == fake_v1.read(group.parent, "cpu.shares")


class TestClose:
    """Letting everything go."""

    def test_leaves_no_cgroup(self, fake_v1, own):
        """All processes are back and every cgroup of the run is gone."""
        quota = open_quota(fake_v1, own)
        quota.attach(TASK, 0.25)

        quota.close()

        assert own == fake_v1.where(TASK)
        assert [] == fake_v1.children(own)


class TestOpen:
    """Beginning a run."""

    def test_removes_abandoned_runs_only(self, fake_v1, own):
        """A dead run's cgroups go when the next one starts; a live run's stay."""
        alive = open_quota(fake_v1, own, "alive")
        alive.attach(TASK, 0.25)
        dead = own / run_name("dead").replace(f"-{os.getpid()}-", "-4200042-")
        fake_v1.make(dead)

        open_quota(fake_v1, own, "next")

        assert not dead.exists()
        assert f"task-{TASK}" == fake_v1.where(TASK).name

    def test_in_a_stage_builds_beside_it(self, fake_v1, own):
        """A stage started by what another stage protects is no part of that stage."""
        outer = open_quota(fake_v1, own, "outer")
        outer.protect(TASK)

        open_quota(fake_v1, fake_v1.where(TASK), "inner")

        assert (own / run_name("inner")).exists()

    def test_without_permission_says_what_to_do(self, fake_v1, own):
        """Who may not make cgroups is told of the way that needs no privilege."""
        fake_v1.delegated = fake_v1.root / "elsewhere"

        with pytest.raises(StageError, match=r"Permission denied.*duty-cycle"):
            open_quota(fake_v1, own)
