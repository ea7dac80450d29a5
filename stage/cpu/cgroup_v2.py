"""CPU quotas by cgroup v2 (https://docs.kernel.org/admin-guide/cgroup-v2.html)."""

from contextlib import suppress
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_attempt

from stage.cpu.cgroup import PERIOD_US, CgroupQuota
from stage.cpu.cgroup_files import CgroupFiles
from stage.cpu.hierarchy import BYSTANDERS, Hierarchy, find_v2
from stage.errors import StageError

_DELEGATE = (
    "run as root or under `systemd-run --user --scope -p Delegate=yes`, or choose the quota method duty-cycle"
)


class CgroupV2Quota(CgroupQuota):
    """Quotas by `cpu.max`, weights by `cpu.weight`, in a subtree that was delegated to us.

    A v2 cgroup either holds processes or divides its controllers among children. Where no cgroup
    above us divides the cpu controller already, ours is made to: what it holds waits in a child,
    shared by all stages there, until the last of them closes.
    """

    method = "cgroup-v2"
    _default_weight = 100
    _advice = _DELEGATE

    def __init__(
        self, run_id: str, hierarchy: Hierarchy | None = None, files: CgroupFiles | None = None
    ) -> None:
        hierarchy = hierarchy or find_v2()
        if hierarchy is None:
            raise StageError(
                "cgroup-v2: no hierarchy is mounted here: choose the quota method cgroup-v1 or duty-cycle"
            )
        files = files or CgroupFiles()
        super().__init__(run_id, _base(hierarchy, files), hierarchy.own, files)

    def close(self) -> None:
        """Hand all processes back and remove every cgroup of this run.

        Raises:
            StageError: A cgroup could not be emptied.
        """
        with self._files.exclusive(self._base):
            super().close()
            if self._files.exists(self._bystanders):
                # The kernel refuses while another stage here relies on it; its close is the one then.
                with suppress(OSError):
                    self._files.write(self._base, "cgroup.subtree_control", "-cpu")
                    self._files.dissolve(self._bystanders, self._base)

    @property
    def _bystanders(self) -> Path:
        return self._base / BYSTANDERS

    def _build(self) -> None:
        with self._files.exclusive(self._base):
            if not _divides_cpu(self._base, self._files):
                self._files.make(self._bystanders)
                self._divide_base()
            super()._build()

    # What is started while the rest is being moved makes the kernel refuse.
    @retry(retry=retry_if_exception_type(OSError), stop=stop_after_attempt(20), reraise=True)
    def _divide_base(self) -> None:
        for pid in self._files.processes(self._base):
            self._files.move(pid, self._bystanders)
        self._open_for_children(self._base)

    def _home(self) -> Path:
        return self._bystanders if self._files.exists(self._bystanders) else super()._home()

    def _open_for_children(self, group: Path) -> None:
        self._files.write(group, "cgroup.subtree_control", "+cpu")

    def _set_weight(self, group: Path, weight: int) -> None:
        self._files.write(group, "cpu.weight", str(weight))

    def _set_quota(self, group: Path, quota_us: int | None) -> None:
        self._files.write(group, "cpu.max", f"{'max' if quota_us is None else quota_us} {PERIOD_US}")


def _base(hierarchy: Hierarchy, files: CgroupFiles) -> Path:
    """The nearest cgroup at or above us that divides the cpu controller and is ours, else our own.

    Raises:
        StageError: There is none, and our own has no cpu controller or is not ours to divide.
    """
    base = hierarchy.base
    for group in (base, *base.parents):
        if not group.is_relative_to(hierarchy.mount):
            break
        if _divides_cpu(group, files) and files.writable(group):
            return group
    if "cpu" not in files.read(base, "cgroup.controllers").split():
        raise StageError(f"cgroup-v2: {base} has no cpu controller: {_DELEGATE}")
    if not files.writable(base):
        raise StageError(f"cgroup-v2: {base} is not delegated to this user: {_DELEGATE}")
    return base


def _divides_cpu(group: Path, files: CgroupFiles) -> bool:
    return "cpu" in files.read(group, "cgroup.subtree_control").split()
