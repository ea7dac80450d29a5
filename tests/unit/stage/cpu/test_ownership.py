import os

import pytest

from stage.cpu.ownership import is_abandoned, is_run, run_name
from stage.errors import StageError


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
