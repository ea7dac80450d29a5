import os
import signal
import subprocess
import sys

import pytest

from stage.cpu.duty_cycle import DutyCycleQuota
from stage.errors import StageError
from tests.waiting import START, eventually

from .conftest import LOOK_SECONDS, process_state

CORES = 0.02


@pytest.fixture
def quota():
    """A duty cycle, closed after the test."""
    quota = DutyCycleQuota()
    yield quota
    quota.close()


@pytest.fixture
def helper():
    """The helper process on its own, nobody watching it."""
    process = subprocess.Popen([sys.executable, "-m", "stage.cpu.duty_cycle_helper"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def command(helper, line):
    """Write one command to the helper's input."""
    helper.stdin.write(f"{line}\n".encode())
    helper.stdin.flush()


class TestHelper:
    """The process that sends the signals."""

    @pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_hands_tasks_back_when_told_to_end(self, helper, burn, ending):
        """A signal that ends the helper leaves no task stopped."""
        burner = burn()
        command(helper, f"attach {burner.pid} {CORES}")
        burner.wait_until_stopped()

        helper.send_signal(ending)

        assert 0 == helper.wait(START)
        burner.wait_until_free()

    def test_hands_tasks_back_when_its_input_ends(self, helper, burn):
        """The stage's end, however it comes, closes the pipe."""
        burner = burn()
        command(helper, f"attach {burner.pid} {CORES}")
        burner.wait_until_stopped()

        helper.stdin.close()

        assert 0 == helper.wait(START)
        burner.wait_until_free()

    def test_hands_tasks_back_when_it_fails(self, helper, burn):
        """A fault in the helper itself leaves no task stopped either."""
        burner = burn()
        command(helper, f"attach {burner.pid} {CORES}")
        burner.wait_until_stopped()

        command(helper, "nonsense")

        assert helper.wait(START) != 0
        burner.wait_until_free()

    def test_goes_on_when_a_task_ends(self, helper, burn):
        """One task's death is nothing to the others."""
        first, second = burn(), burn()
        command(helper, f"attach {first.pid} {CORES}")
        first.end()

        command(helper, f"attach {second.pid} {CORES}")

        second.wait_until_stopped()
        assert helper.poll() is None


class TestQuota:
    """The stage's side of it."""

    def test_release_lets_the_process_run(self, quota, burn):
        """A released task runs freely."""
        burner = burn()
        quota.attach(burner.pid, CORES)
        burner.wait_until_stopped()

        quota.release(burner.pid)

        burner.wait_until_free()

    def test_close_lets_all_processes_run(self, quota, burn):
        """After close tasks run freely and the helper is gone."""
        burner = burn()
        quota.attach(burner.pid, CORES)
        burner.wait_until_stopped()

        quota.close()

        burner.wait_until_free()
        with pytest.raises(ProcessLookupError):
            os.kill(quota.helper_pid, 0)

    def test_children_are_stopped_too(self, quota, burn):
        """What a task's child uses is charged to the task, and the child stands still with it."""
        burner = burn(wrapper=("sh", "-c", '"$0" "$@"; true'))

        quota.attach(burner.pid, CORES)

        burner.wait_until_stopped()

    def test_survives_the_helper_s_death(self, quota, burn):
        """A helper that was killed while a task stood still is replaced, and the task goes on."""
        burner = burn()
        quota.attach(burner.pid, CORES)
        burner.wait_until_stopped()
        first = quota.helper_pid

        os.kill(first, signal.SIGKILL)

        eventually(lambda: quota.helper_pid != first, START)
        eventually(lambda: burner.state() != "T", START, LOOK_SECONDS)
        burner.wait_until_stopped()

    def test_gives_up_on_a_helper_that_keeps_dying(self, quota, burn):
        """After the third death tasks run freely, and the next attach says what is wrong."""
        burner = burn()
        quota.attach(burner.pid, CORES)
        for _ in range(2):
            dead = quota.helper_pid
            os.kill(dead, signal.SIGKILL)
            eventually(lambda dead=dead: quota.helper_pid != dead, START)
        burner.wait_until_stopped()

        os.kill(quota.helper_pid, signal.SIGKILL)

        burner.wait_until_free()
        with pytest.raises(StageError, match="died 3 times"):
            quota.attach(burner.pid, CORES)

    def test_an_ended_process_is_no_error(self, quota, burn):
        """A task may die just before its quota comes."""
        burner = burn()
        burner.end()

        quota.attach(burner.pid, CORES)
        quota.release(burner.pid)

        following = burn()
        quota.attach(following.pid, CORES)
        following.wait_until_stopped()

    def test_nothing_at_all_is_no_quota(self, quota, burn):
        """A quota of zero would stop a task for good."""
        with pytest.raises(StageError, match="lets nothing run"):
            quota.attach(burn().pid, 0.0)


STAGE = """
import sys, time
from stage.cpu.duty_cycle import DutyCycleQuota
quota = DutyCycleQuota()
quota.attach(int(sys.argv[1]), float(sys.argv[2]))
print(quota.helper_pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_stage_that_dies_leaves_no_task_stopped(burn, ending):
    """The helper follows the stage, even one that could not say good-bye."""
    burner = burn()
    with subprocess.Popen(
        [sys.executable, "-c", STAGE, str(burner.pid), str(CORES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as stage:
        helper_pid = int(stage.stdout.readline())
        burner.wait_until_stopped()

        stage.send_signal(ending)
        stage.wait(START)

    burner.wait_until_free()
    eventually(lambda: process_state(helper_pid) in {None, "Z"}, START)


FORKING_STAGE = STAGE.replace("print(", "import os; child = os.fork() or time.sleep(60)\nprint(child, ")


def test_a_fork_of_a_dead_stage_does_not_keep_the_helper(burn):
    """A child that still holds the pipe to the helper is not the stage."""
    burner = burn()
    with subprocess.Popen(
        [sys.executable, "-c", FORKING_STAGE, str(burner.pid), str(CORES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as stage:
        fork_pid, helper_pid = map(int, stage.stdout.readline().split())
        try:
            burner.wait_until_stopped()

            stage.kill()
            stage.wait(START)

            eventually(lambda: process_state(helper_pid) in {None, "Z"}, START)
            burner.wait_until_free()
        finally:
            os.kill(fork_pid, signal.SIGKILL)
