import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.waiting import eventually
from verify.process_resources import read_resources

# Takes memory, opens files and connections, with a child that shares its session; then waits.
_HOLDER = """
import os, socket, sys
if os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
held = bytearray(os.urandom(1024) * 1024 * int(sys.argv[1]))
files = [open(os.devnull) for _ in range(int(sys.argv[2]))]
server = socket.create_server(("127.0.0.1", 0))
clients = [socket.create_connection(server.getsockname()) for _ in range(int(sys.argv[3]))]
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def hold():
    """Starts a process with so many MiB, files and connections, in a session of its own as a task is."""
    started = []

    def start(mib, files, connections):
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, *map(str, (mib, files, connections))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert "ready\n" == process.stdout.readline()
        return SimpleNamespace(pid=process.pid, service="api", task_arn=f"task/{process.pid}", limited=True)

    yield start
    for process in started:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_what_a_task_holds_is_counted_over_all_its_processes(hold):
    """Memory, descriptors and connections, by the task that they belong to."""
    small, large = hold(1, 0, 0), hold(40, 20, 10)

    found = eventually(lambda: {one.task_arn: one for one in read_resources([small, large])})

    less, more = found[small.task_arn], found[large.task_arn]
    assert 35 <= (more.memory_bytes - less.memory_bytes) / 1024 / 1024 <= 60
    assert 30 == more.descriptors - less.descriptors
    # Only the client's end is in `connections`: nobody has accepted it.
    assert 10 == more.connections - less.connections
    assert "api" == more.service


def test_a_task_that_has_ended_is_left_out(hold):
    """It holds nothing any more."""
    task = hold(1, 0, 0)
    gone = SimpleNamespace(pid=2**22 + 1, service="api", task_arn="task/gone", limited=True)

    assert [task.task_arn] == [one.task_arn for one in read_resources([gone, task])]
    assert os.getsid(task.pid) == task.pid
