import sys

import pytest

from tests.bench.children import child, program
from tests.bench.errors import BenchError
from tests.waiting import START

READY = """
import signal, sys
print("ready 4711", sys.stdin.read(), flush=True)
signal.pause()
"""


def test_a_program_says_where_it_is(tmp_path):
    """It gets what it holds, is measured while it runs, and has ended after the block."""
    with program("it", ["-c", READY], tmp_path, stdin={"a": 1}) as (running, port):
        assert 4711 == port
        assert 'ready 4711 {"a": 1}\n' == running.log.read_text()
        assert 0 < running.cpu_seconds()

    assert None is not running.process.poll()


def test_a_program_that_ends_is_told_with_its_last_words(tmp_path):
    """Whoever reads it need not look for a log."""
    with (
        pytest.raises(BenchError, match="it ended with code 3 before it was ready; it said: no such queue"),
        program("it", ["-c", "import sys; print('no such queue'); sys.exit(3)"], tmp_path),
    ):
        pass


def test_what_takes_too_long_is_told(tmp_path):
    """A run is bounded in time."""
    with (
        child("it", ["-c", READY], {}, tmp_path) as running,
        pytest.raises(BenchError, match="it took more than 0 s until the queue was empty"),
    ):
        running.wait_until("the queue was empty", lambda: False, seconds=0)


def test_a_program_sees_nothing_of_our_environment(tmp_path, monkeypatch):
    """A person's own AWS settings must not decide where a service sends."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://sqs.example.com")
    script = (
        "import os; print('ready 1', os.environ.get('AWS_ENDPOINT_URL'), os.environ['GIVEN'], flush=True)"
    )
    with child("it", ["-c", script], {"GIVEN": "this"}, tmp_path) as running:
        running.process.wait(START)

    assert "ready 1 None this\n" == running.log.read_text()
    assert 0 == running.process.returncode
    assert sys.executable in running.process.args
