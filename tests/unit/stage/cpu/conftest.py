"""Cgroup file systems with the kernel's rules but without a kernel."""

import errno
import os
import shutil

import pytest

from stage.cpu.cgroup_files import CgroupFiles


class FakeCgroupFiles(CgroupFiles):
    """Plain folders that refuse what the kernel refuses.

    Attributes:
        root: Stands for the mount point; holds no process at first.
        delegated: What may be written to, with all below it.
    """

    def __init__(self, root, version):
        self.root = root
        self.delegated = root
        self._version = version
        root.mkdir()
        if version == 2:
            (root / "cgroup.controllers").write_text("cpu memory")
            (root / "cgroup.subtree_control").write_text("")
        (root / "cgroup.procs").write_text("")

    def start(self, pid, group):
        """A new process in a cgroup."""
        self._put(group, "cgroup.procs", [*self.processes(group), pid])

    def writable(self, group):
        """Whether the cgroup is delegated."""
        return group.is_relative_to(self.delegated)

    def make(self, group):
        """Make a cgroup with the files that its parent's controllers give it."""
        self._refuse_unless(self.writable(group.parent), errno.EACCES)
        if not group.exists():
            group.mkdir()
            (group / "cgroup.procs").write_text("")
            if self._version == 1:
                for file in ("cpu.shares", "cpu.cfs_quota_us", "cpu.cfs_period_us"):
                    (group / file).write_text("")
            else:
                (group / "cgroup.subtree_control").write_text("")
                self._give_controllers(group)

    def remove(self, group):
        """Remove a cgroup, unless it is in use."""
        self._refuse_unless(not self.processes(group) and not self.children(group), errno.EBUSY)
        shutil.rmtree(group)

    def write(self, group, file, text):
        """Write a file by the kernel's rules."""
        self._refuse_unless(self.writable(group), errno.EACCES)
        self._refuse_unless((group / file).exists(), errno.ENOENT)
        if file == "cgroup.procs":
            self._move(int(text), group)
        elif file == "cgroup.subtree_control":
            self._divide(group, text)
        else:
            (group / file).write_text(text)

    def where(self, pid):
        """The cgroup that a process is in."""
        return next(
            group
            for group in (self.root, *self.root.rglob("*"))
            if group.is_dir() and pid in self.processes(group)
        )

    def _move(self, pid, group):
        everywhere = [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]
        source = next((place for place in everywhere if pid in self.processes(place)), None)
        if source is None:
            raise ProcessLookupError(errno.ESRCH, "No such process")
        if self._version == 2 and group != self.root:
            # No internal processes: https://docs.kernel.org/admin-guide/cgroup-v2.html
            self._refuse_unless(not self.read(group, "cgroup.subtree_control"), errno.EBUSY)
        self._put(source, "cgroup.procs", [p for p in self.processes(source) if p != pid])
        self._put(group, "cgroup.procs", [*self.processes(group), pid])

    def _divide(self, group, text):
        if text == "+cpu":
            self._refuse_unless("cpu" in self.read(group, "cgroup.controllers").split(), errno.ENOENT)
            self._refuse_unless(group == self.root or not self.processes(group), errno.EBUSY)
            (group / "cgroup.subtree_control").write_text("cpu")
        else:
            in_use = any(self.read(child, "cgroup.subtree_control") for child in self.children(group))
            self._refuse_unless(not in_use, errno.EBUSY)
            (group / "cgroup.subtree_control").write_text("")
        for child in self.children(group):
            self._give_controllers(child)

    def _give_controllers(self, group):
        controllers = self.read(group.parent, "cgroup.subtree_control")
        (group / "cgroup.controllers").write_text(controllers)
        for file in ("cpu.weight", "cpu.max"):
            if "cpu" in controllers:
                (group / file).touch()
            else:
                (group / file).unlink(missing_ok=True)

    def _put(self, group, file, values):
        (group / file).write_text("".join(f"{value}\n" for value in values))

    def _refuse_unless(self, allowed, number):
        if not allowed:
            raise OSError(number, os.strerror(number))


@pytest.fixture
def without_cgroups(monkeypatch):
    """A machine where no cgroup hierarchy is mounted."""
    for version, find in (("v1", "find_v1_cpu"), ("v2", "find_v2")):
        monkeypatch.setattr(f"stage.cpu.cgroup_{version}.{find}", lambda: None)


@pytest.fixture
def fake_v1(tmp_path):
    """A cgroup v1 hierarchy."""
    return FakeCgroupFiles(tmp_path / "cgroup", version=1)


@pytest.fixture
def fake_v2(tmp_path):
    """A cgroup v2 hierarchy."""
    return FakeCgroupFiles(tmp_path / "cgroup", version=2)
