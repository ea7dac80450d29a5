from pathlib import Path

import pytest

from stage.cpu.cgroup_v1 import CgroupV1Quota


def test_a_process_and_its_children_are_held_and_handed_back(cgroup_method, burn):
    """On this machine's kernel: attached, released, closed, and no cgroup is left."""
    if cgroup_method != "cgroup-v1":
        pytest.skip(f"this machine has {cgroup_method}")
    before = membership("self")
    burner = burn(0.01, wrapper=("sh", "-c", '"$0" "$@"; true'))
    quota = CgroupV1Quota("kernel")
    try:
        quota.attach(burner.pid, 0.25)
        child = child_of(burner.pid)
        assert {f"task-{burner.pid}"} == {Path(membership(pid)).name for pid in (burner.pid, child)}
        quota.protect(child)
        assert "protected" == Path(membership(child)).name
        quota.release(burner.pid)
        assert before == membership(burner.pid)
    finally:
        quota.close()

    assert before == membership(child)


def membership(pid):
    """The path of a process in the cpu hierarchy."""
    lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    return next(line.split(":", 2)[2] for line in lines if "cpu" in line.split(":")[1].split(","))


def child_of(pid):
    """The one child of a process."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == pid:
            return int(stat.parent.name)
    raise AssertionError(f"{pid} has no child")
