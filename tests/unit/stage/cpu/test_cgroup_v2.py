import os

import pytest

from stage.cpu.cgroup_v2 import CgroupV2Quota
from stage.cpu.hierarchy import Hierarchy, run_name
from stage.errors import StageError

SHELL, STAGE, TASK = 4_200_001, 4_200_002, 4_200_003


@pytest.fixture
def scope(fake_v2):
    """A cgroup that was delegated to us, with a shell and the stage in it."""
    scope = fake_v2.root / "scope"
    fake_v2.write(fake_v2.root, "cgroup.subtree_control", "+cpu")
    fake_v2.make(scope)
    fake_v2.start(SHELL, scope)
    fake_v2.start(STAGE, scope)
    fake_v2.start(TASK, scope)
    fake_v2.delegated = scope
    return scope


def open_quota(files, own, run_id="run"):
    """A quota on a fake kernel, for a stage whose cgroup is `own`."""
    return CgroupV2Quota(run_id, Hierarchy(files.root, own), files)


class TestAttach:
    """Holding a process to its quota."""

    def test_writes_quota_and_period(self, fake_v2, scope):
        """A quarter of a core is 25 ms of every 100 ms."""
        quota = open_quota(fake_v2, scope)

        quota.attach(TASK, 0.25)

        assert "25000 100000" == fake_v2.read(fake_v2.where(TASK), "cpu.max")

    def test_again_changes_the_quota(self, fake_v2, scope):
        """The latest figure holds."""
        quota = open_quota(fake_v2, scope)
        quota.attach(TASK, 0.25)

        quota.attach(TASK, 0.5)

        assert "50000 100000" == fake_v2.read(fake_v2.where(TASK), "cpu.max")

    def test_an_ended_process_is_no_error(self, fake_v2, scope):
        """A task may die just before its quota comes."""
        quota = open_quota(fake_v2, scope)

        quota.attach(4_200_099, 0.25)
        quota.release(4_200_099)

        assert [] == fake_v2.children(fake_v2.where(STAGE).parent / run_name("run") / "throttled")

    def test_after_close_is_an_error(self, fake_v2, scope):
        """A task that comes too late is not left without its quota unnoticed."""
        quota = open_quota(fake_v2, scope)
        quota.close()

        with pytest.raises(StageError, match="closed"):
            quota.attach(TASK, 0.25)


class TestRelease:
    """Letting one process go."""

    def test_hands_the_process_back(self, fake_v2, scope):
        """A released process is where the stage's own bystanders are, and its cgroup is gone."""
        quota = open_quota(fake_v2, scope)
        quota.attach(TASK, 0.25)
        group = fake_v2.where(TASK)

        quota.release(TASK)

        assert fake_v2.where(SHELL) == fake_v2.where(TASK)
        assert not group.exists()


class TestProtect:
    """Keeping a process from being starved."""

    def test_is_beside_the_tasks_without_a_quota(self, fake_v2, scope):
        """A protected process is in the run's subtree, which outweighs its neighbours, unthrottled."""
        quota = open_quota(fake_v2, scope)

        quota.protect(STAGE)

        group = fake_v2.where(STAGE)
        assert "" == fake_v2.read(group, "cpu.max")
        assert "10000" == fake_v2.read(group.parent, "cpu.weight")


class TestClose:
    """Letting everything go."""

    def test_leaves_everything_as_it_was(self, fake_v2, scope):
        """All processes are back in the delegated cgroup, which is whole again."""
        quota = open_quota(fake_v2, scope)
        quota.attach(TASK, 0.25)
        quota.protect(STAGE)

        quota.close()
        quota.close()

        assert {SHELL, STAGE, TASK} == set(fake_v2.processes(scope))
        assert [] == fake_v2.children(scope)
        assert "" == fake_v2.read(scope, "cgroup.subtree_control")

    def test_the_last_of_two_runs_restores_the_cgroup(self, fake_v2, scope):
        """A run that closes first leaves the other's quotas alone."""
        first = open_quota(fake_v2, scope, "first")
        second = open_quota(fake_v2, fake_v2.where(STAGE), "second")
        second.attach(TASK, 0.25)

        first.close()

        assert "25000 100000" == fake_v2.read(fake_v2.where(TASK), "cpu.max")
        second.close()
        assert {SHELL, STAGE, TASK} == set(fake_v2.processes(scope))
        assert [] == fake_v2.children(scope)


class TestBase:
    """Where the run's subtree is made."""

    def test_prefers_a_cgroup_that_divides_cpu_already(self, fake_v2, scope):
        """Where the cgroup above us divides the cpu controller and is ours, nobody else is moved."""
        fake_v2.delegated = fake_v2.root
        quota = open_quota(fake_v2, scope)

        quota.attach(TASK, 0.25)

        assert fake_v2.root / run_name("run") / "throttled" / f"task-{TASK}" == fake_v2.where(TASK)
        assert scope == fake_v2.where(SHELL)
        quota.close()
        assert scope == fake_v2.where(TASK)

    def test_tells_how_to_get_a_delegated_cgroup(self, fake_v2, scope):
        """What is not ours to divide is refused with the command that makes it ours."""
        fake_v2.delegated = fake_v2.root / "elsewhere"

        with pytest.raises(StageError, match=r"not delegated.*systemd-run --user --scope"):
            open_quota(fake_v2, scope)

    def test_needs_the_cpu_controller(self, fake_v2):
        """A hierarchy whose cpu controller belongs to cgroup v1 is of no use."""
        (fake_v2.root / "cgroup.controllers").write_text("hugetlb")

        with pytest.raises(StageError, match="has no cpu controller"):
            open_quota(fake_v2, fake_v2.root)


class TestAbandonedRuns:
    """What dead runs left."""

    def test_are_removed(self, fake_v2, scope):
        """The cgroups of a run whose process has ended go when the next run starts."""
        dead = fake_v2.root / run_name("dead").replace(f"-{os.getpid()}-", "-4200042-")
        fake_v2.delegated = fake_v2.root
        fake_v2.make(dead)
        fake_v2.start(4_200_004, dead)

        open_quota(fake_v2, scope)

        assert not dead.exists()
        assert scope == fake_v2.where(4_200_004)
