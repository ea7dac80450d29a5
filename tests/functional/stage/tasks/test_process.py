import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from stage.errors import StageError
from stage.tasks.process import Spawner
from tests.waiting import SOON, START, eventually

_IMPATIENT = "import signal,time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
_PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep({seconds})
"""
_STAGE = """
import sys, time
from pathlib import Path
from stage.tasks.process import Spawner
folder = Path(sys.argv[1])
# Without a name it would be collected, its thread would end, and with that the process.
spawner = Spawner()
process = spawner.start(
    [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"], {}, folder, folder / "log"
)
print(process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def spawner():
    """A spawner that leaves nothing behind."""
    spawner = Spawner()
    yield spawner
    spawner.close()


@pytest.fixture
def python(spawner, tmp_path):
    """Starts Python code and, unless told otherwise, waits for its first line."""

    def start(code, **options):
        return spawner.start([sys.executable, "-c", code], {}, tmp_path, tmp_path / "log", **options)

    return start


def first_line(folder):
    """Wait for a process to write."""
    eventually(lambda: "\n" in (folder / "log").read_text(), START)
    return (folder / "log").read_text().splitlines()[0]


def is_alive(pid):
    """Whether a process is more than a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_exit_code_is_the_process_s_own(python):
    """A process that ends by itself is reported with what it returned."""
    process = python("raise SystemExit(3)")

    assert process.exited.wait(SOON)
    assert 3 == process.exit_code


def test_a_killed_process_has_exit_code_137(python):
    """A signal counts as 128 and its number, as a container runtime reports it."""
    process = python("import time; time.sleep(60)")
    process.kill()

    assert process.exited.wait(SOON)
    assert 137 == process.exit_code


def test_both_output_streams_go_to_the_file(python, tmp_path):
    """What a task writes is kept, standard error too."""
    process = python("import sys; print('out', flush=True); print('err', file=sys.stderr)")

    assert process.exited.wait(SOON)
    assert "out\nerr\n" == (tmp_path / "log").read_text()


def test_nobody_polls_for_the_end(python, tmp_path):
    """The thread that waits does not wake up while the process lives, so it notices the end at once."""
    process = python("import time; print('up', flush=True); time.sleep(60)")
    first_line(tmp_path)
    (waiting,) = (one for one in threading.enumerate() if one.name == f"wait-{process.pid}")
    eventually(lambda: state(waiting) == "S")

    before = wake_ups(waiting)
    for _ in range(3):
        # A tenth of a second each, or more; a poll is shorter.
        subprocess.run([sys.executable, "-c", "import asyncio"], check=True, timeout=START)
    after = wake_ups(waiting)
    process.kill()

    assert process.exited.wait(SOON)
    assert before == after


def state(thread):
    """R, S, ... as /proc states it of a thread."""
    return Path(f"/proc/self/task/{thread.native_id}/stat").read_text().rpartition(")")[2].split()[0]


def wake_ups(thread):
    """How often a thread has gone to sleep since it began."""
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text().splitlines()
    return next(line for line in status if line.startswith("voluntary_ctxt_switches"))


def test_the_callback_comes_before_the_process_counts_as_exited(python):
    """Whoever waits for the end finds the callback done and the process id still taken."""
    seen = []
    process = None

    def look():
        seen.append((ready.wait(SOON) and process.exited.is_set(), os.path.exists(f"/proc/{process.pid}")))  # noqa: PTH110 - the shortest way to ask

    ready = threading.Event()
    process = python("pass", on_exit=look)
    ready.set()

    assert process.exited.wait(SOON)
    assert [(False, True)] == seen


def test_a_failing_callback_does_not_leave_a_zombie(python, caplog):
    """The process is reaped whatever the callback does."""
    process = python("pass", on_exit=lambda: 1 / 0)

    assert process.exited.wait(SOON)
    assert 0 == process.exit_code
    assert "ZeroDivisionError" in caplog.text


def test_sigterm_reaches_the_main_process_alone(python, tmp_path):
    """A task's children are its own to stop, as in a container."""
    code = _PARENT.format(seconds=60).replace(
        "print(child", "import os, signal; signal.signal(15, lambda *_: os.write(1, b'term\\n')); print(child"
    )
    process = python(code)
    child = int(first_line(tmp_path))

    process.terminate()

    eventually(lambda: "term" in (tmp_path / "log").read_text(), START)
    assert is_alive(child)


def test_killing_takes_the_children_too(python, tmp_path):
    """No descendant outlives a killed task."""
    process = python(_PARENT.format(seconds=60))
    child = int(first_line(tmp_path))

    process.kill()

    assert process.exited.wait(SOON)
    eventually(lambda: not is_alive(child))


def test_children_go_with_the_main_process(python, tmp_path):
    """When the first process of a container ends, so do the others."""
    process = python(_PARENT.format(seconds=0))
    child = int(first_line(tmp_path))

    assert process.exited.wait(SOON)
    eventually(lambda: not is_alive(child))


def test_signals_to_an_ended_process_reach_nobody(python):
    """After the end, the process id belongs to somebody else."""
    process = python("pass")
    process.exited.wait(SOON)

    process.terminate()
    process.kill()

    assert 0 == process.exit_code


def test_ctrl_c_does_not_reach_it(python, tmp_path):
    """A session of its own keeps the terminal's signals away."""
    process = python("print('up', flush=True); import time; time.sleep(60)")
    first_line(tmp_path)

    assert process.pid == os.getsid(process.pid)
    assert os.getsid(0) != os.getsid(process.pid)


def test_it_starts_with_default_signals_whatever_the_stage_ignores(python, tmp_path):
    """A stage that ignores SIGTERM does not teach that to its tasks."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        process = python("print('up', flush=True); import time; time.sleep(60)")
        first_line(tmp_path)
    finally:
        signal.signal(signal.SIGTERM, before)

    process.terminate()

    assert process.exited.wait(SOON)
    assert 143 == process.exit_code


def test_it_outlives_the_thread_that_asked_for_it(python, tmp_path):
    """The parent-death signal hangs on the forking thread, which lives as long as the spawner."""
    code = "import signal; signal.signal(15, lambda *_: exit(7)); print('up', flush=True); signal.pause()"
    started = []
    thread = threading.Thread(target=lambda: started.append(python(code)))
    thread.start()
    thread.join()
    eventually(lambda: not Path(f"/proc/self/task/{thread.native_id}").exists())
    first_line(tmp_path)

    started[0].terminate()

    assert started[0].exited.wait(SOON)
    assert 7 == started[0].exit_code


def test_it_dies_with_the_stage(tmp_path):
    """SIGKILL to the stage leaves no task behind."""
    root = Path(__file__).parents[4]
    with subprocess.Popen(
        [sys.executable, "-c", _STAGE, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    ) as stage:
        pid = int(stage.stdout.readline())
        first_line(tmp_path)
        assert is_alive(pid)
        stage.kill()

    eventually(lambda: not is_alive(pid))


def test_closing_leaves_nothing_that_ignores_sigterm(python, spawner, tmp_path):
    """Every process is gone when close returns."""
    processes = [python(_IMPATIENT) for _ in range(3)]
    eventually(lambda: (tmp_path / "log").read_text().count("up") == 3, START)

    spawner.close()

    assert [137, 137, 137] == [process.exit_code for process in processes]
    assert not any(is_alive(process.pid) for process in processes)


def test_a_closed_spawner_starts_nothing(python, spawner):
    """A task that is late by a moment does not slip through."""
    spawner.close()

    with pytest.raises(StageError, match="closing"):
        python("pass")
