"""CPU quotas by cgroup v1 (https://docs.kernel.org/scheduler/sched-bwc.html)."""

from pathlib import Path

from stage.cpu.cgroup import PERIOD_US, CgroupQuota
from stage.cpu.cgroup_files import CgroupFiles
from stage.cpu.hierarchy import Hierarchy, find_v1_cpu
from stage.errors import StageError


class CgroupV1Quota(CgroupQuota):
    """Quotas by `cpu.cfs_quota_us`, weights by `cpu.shares`."""

    method = "cgroup-v1"
    _default_weight = 1024
    _advice = "run as root or choose the quota method duty-cycle"

    def __init__(
        self, run_id: str, hierarchy: Hierarchy | None = None, files: CgroupFiles | None = None
    ) -> None:
        hierarchy = hierarchy or find_v1_cpu()
        if hierarchy is None:
            raise StageError(
                "cgroup-v1: no hierarchy with the cpu controller is mounted here: "
                "choose the quota method cgroup-v2 or duty-cycle"
            )
        super().__init__(run_id, hierarchy.base, hierarchy.own, files or CgroupFiles())

    def _open_for_children(self, group: Path) -> None:
        """Do nothing: in v1 every cgroup of the hierarchy has its controllers."""

    def _set_weight(self, group: Path, weight: int) -> None:
        self._files.write(group, "cpu.shares", str(weight))

    def _set_quota(self, group: Path, quota_us: int | None) -> None:
        self._files.write(group, "cpu.cfs_period_us", str(PERIOD_US))
        self._files.write(group, "cpu.cfs_quota_us", str(-1 if quota_us is None else quota_us))
