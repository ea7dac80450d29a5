import os
from pathlib import Path

import pytest

from stage.cpu.hierarchy import Hierarchy, find_v1_cpu, find_v2, is_abandoned, is_run, run_name
from stage.errors import StageError

BOTH = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpuacct,cpu
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:10 - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:11 - cgroup2 cgroup2 rw
"""
CONTAINER = "41 31 0:38 /docker/1f /sys/fs/cgroup ro,relatime - cgroup cgroup rw,cpu\n"


def process(folder, mountinfo, cgroup):
    """A folder that looks like one in /proc."""
    (folder / "mountinfo").write_text(mountinfo)
    (folder / "cgroup").write_text(cgroup)
    return folder


def test_finds_v1_by_its_controller(tmp_path):
    """The hierarchy that has the cpu controller is found whatever it shares the mount with."""
    proc = process(tmp_path, BOTH, "4:memory:/other\n1:cpuacct,cpu:/user/1\n0::/unified\n")

    found = find_v1_cpu(proc)

    assert Hierarchy(Path("/sys/fs/cgroup/cpu,cpuacct"), Path("/sys/fs/cgroup/cpu,cpuacct/user/1")) == found


def test_finds_v2(tmp_path):
    """The v2 hierarchy is the one without a controller's name."""
    proc = process(tmp_path, BOTH, "1:cpu:/user\n0::/app.slice/stage.scope\n")

    found = find_v2(proc)

    assert Path("/sys/fs/cgroup/unified/app.slice/stage.scope") == found.own


def test_finds_nothing_where_nothing_is_mounted(tmp_path):
    """Without a mount there is no hierarchy."""
    proc = process(tmp_path, CONTAINER, "0::/\n")

    assert find_v2(proc) is None


@pytest.mark.parametrize(
    ("path", "below"),
    [("/docker/1f", ""), ("/docker/1f/inner", "inner"), ("/elsewhere", ""), ("/docker/1f/../2e", "")],
)
def test_counts_from_the_mounts_root(tmp_path, path, below):
    """In a container only what is below the mount's root can be reached."""
    proc = process(tmp_path, CONTAINER, f"3:cpu:{path}\n")

    assert Path("/sys/fs/cgroup") / below == find_v1_cpu(proc).own


def test_base_is_outside_of_other_stages():
    """What runs inside another stage's cgroup builds beside that stage."""
    mount = Path("/sys/fs/cgroup")

    assert mount / "user" == Hierarchy(mount, mount / "user" / run_name("outer") / "protected").base


def test_our_own_run_is_alive():
    """The run of a process that lives is not abandoned."""
    name = run_name("1-abc")

    assert is_run(name)
    assert not is_abandoned(name)


def test_a_run_is_abandoned_when_its_process_id_belongs_to_another():
    """An id that is used again does not keep a dead run alive."""
    namespace, pid, ticks = run_name("x").removeprefix("stage-run-").split("-")[:3]

    assert is_abandoned(f"stage-run-{namespace}-{pid}-{int(ticks) - 1}-x")


def test_a_run_in_another_container_is_left_alone():
    """Where the owner cannot be seen, nothing says that it is dead."""
    name = run_name("x").split("-")
    name[2] = "1"

    assert not is_abandoned("-".join(name).replace(str(os.getpid()), "4200042"))


def test_others_cgroups_are_left_alone():
    """A name that no stage gave is nobody's run."""
    assert not is_abandoned("user.slice")


@pytest.mark.parametrize("run_id", ["", "a/b", "a b"])
def test_a_run_id_must_fit_in_a_name(run_id):
    """What cannot be a file's name is refused."""
    with pytest.raises(StageError, match="run id"):
        run_name(run_id)
