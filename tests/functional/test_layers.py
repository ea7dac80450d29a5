"""Layers are run by tox, whose status and words go through."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import layers

_PROGRAM = r"""#!{python}
import os, signal, sys, time
print(sys.argv[1:], flush=True)
def leave(*_):
    # A handler may interrupt a print() and must not print() itself: Python refuses the reentrant call.
    os.write(1, b"tasks are stopped\n")
    sys.exit(2)
if os.environ.get("LAYER_WAITS"):
    signal.signal(signal.SIGINT, leave)
    print("begun", flush=True)
    signal.pause()
sys.exit(int(os.environ["LAYER_STATUS"]))
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A folder whose tox does nothing but end."""
    program = tmp_path / ".venv" / "bin" / "tox"
    program.parent.mkdir(parents=True)
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("status", [0, 1, layers.NOT_RUN, layers.INCONCLUSIVE])
@pytest.mark.parametrize("beside", [False, True])
def test_a_layers_status_goes_through(elsewhere, monkeypatch, capfd, status, beside):
    """What it says is shown, whether others run beside it or not."""
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("LAYER_STATUS", str(status))

    ran = layers.run_layer("unit", beside)

    assert ("unit", status, beside) == (ran.layer, ran.status, ran.beside)
    assert "['run', '-q', '-e', 'unit']" in capfd.readouterr().out


def test_who_interrupts_waits_for_the_layer_to_end(elsewhere):
    """Ctrl-C reaches tox as well, which stops what its layer has started; then comes the table."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.layers", "load"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(Path(layers.__file__).parents[1]), "LAYER_WAITS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while "begun" not in program.stdout.readline():
        pass

    os.killpg(program.pid, signal.SIGINT)
    said, _ = program.communicate()

    assert "tasks are stopped" in said
    assert "Where the time went" in said
    assert 130 == program.returncode
