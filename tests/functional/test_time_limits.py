"""What hangs is ended: a test by pytest-timeout, an environment by tox's plugin."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import LONG, reached

_ROOT = Path(__file__).parents[2]
_LIMIT = "2"
_HANGS = """
import threading
import pytest

def waits_beside():
    threading.Event().wait()

def waits():
    threading.Event().wait()

@pytest.fixture
def never_up():
    waits()

@pytest.fixture
def never_down():
    yield
    waits()

def test_beside():
    threading.Thread(target=waits_beside, daemon=True).start()
    waits()

def test_setup(never_up):
    pass

def test_teardown(never_down):
    pass

def test_teardown_after_a_failure(never_down):
    raise AssertionError("no good")

def test_that_goes_on():
    while True:
        try:
            waits()
        except BaseException:
            pass

def test_well():
    pass
"""


@pytest.fixture(scope="module")
def hangs(tmp_path_factory):
    """A file of tests that hang in every phase."""
    file = tmp_path_factory.mktemp("hangs") / "test_hangs.py"
    file.write_text(_HANGS)
    return file


def _pytest(file, *arguments):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.time_limits", "-p", "no:cacheprovider"),
            *(
                "-c",
                os.devnull,
                "--rootdir",
                str(file.parent),
                "--timeout",
                _LIMIT,
                "--tb",
                "short",
                *arguments,
            ),
        ],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,
        env={**os.environ, "COLUMNS": "200"},
    )
    return done.returncode, done.stderr + done.stdout


@pytest.fixture(scope="module", params=["0", "2"], ids=["one process", "two workers"])
def said_of_hangs(hangs, request):
    """What a run of those that can be ended says."""
    status, said = _pytest(hangs, str(hangs), "-k", "not goes_on", "-n", request.param)
    assert 1 == status, said
    return said


@pytest.mark.parametrize(
    ("test", "shown"),
    [
        ("test_beside", ["in waits_beside", "in waits"]),
        ("test_setup", ["in never_up"]),
        ("test_teardown", ["in never_down"]),
        ("test_teardown_after_a_failure", ["in never_down", "AssertionError: no good"]),
    ],
)
def test_a_test_that_hangs_is_ended_with_every_stack(said_of_hangs, test, shown):
    """In whichever phase it hangs, also after a failure, it is named and shown."""
    assert f"::{test} - Failed: Timeout (>{_LIMIT}.0s)" in said_of_hangs
    assert [] == [text for text in shown if text not in said_of_hangs]


def test_what_comes_after_a_test_that_hangs_is_run(said_of_hangs):
    """Each of them fails for itself, the one that only its teardown has failed passes beside."""
    assert [] == [count for count in ("2 failed", "2 passed", "3 errors") if count not in said_of_hangs]


def test_a_test_that_cannot_be_interrupted_takes_its_worker_with_it(hangs):
    """What swallows everything is ended with its process: it is shown and named, and the next one runs."""
    status, said = _pytest(hangs, f"{hangs}::test_that_goes_on", f"{hangs}::test_well", "-n", "1")

    assert 1 == status, said
    assert "in test_that_goes_on" in said
    assert "crashed while running 'test_hangs.py::test_that_goes_on'" in said
    assert " passed" in said.splitlines()[-1]


def test_a_failure_that_takes_its_time_to_be_told_is_told(tmp_path):
    """A starved host needs longer for it than half of a short limit: the process goes on all the same."""
    (tmp_path / "test_slow.py").write_text(
        "import threading\n\ndef test_hangs():\n    threading.Event().wait()\n\ndef test_well():\n    pass\n"
    )
    (tmp_path / "conftest.py").write_text(
        "import time, pytest\n\n@pytest.hookimpl(tryfirst=True)\n"
        f"def pytest_exception_interact():\n    time.sleep({_LIMIT})\n"
    )

    status, said = _pytest(tmp_path / "test_slow.py", str(tmp_path))

    assert 1 == status, said
    assert "1 failed, 1 passed" in said.splitlines()[-1]


def test_a_process_that_hangs_outside_of_a_test_shows_its_stacks(hangs, tmp_path):
    """Tox's plugin asks for them before it ends an environment."""
    (tmp_path / "test_import.py").write_text(
        "import os, signal\n\ndef imported():\n    os.kill(os.getpid(), signal.SIGUSR1)\n\nimported()\n"
    )

    _, said = _pytest(hangs, f"{tmp_path / 'test_import.py'}")

    assert "in imported" in said


@pytest.fixture
def tox():
    """The program that runs this environment, or would."""
    found = shutil.which("tox", path=f"{_ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip("there is no tox: `make` has one")
    return found


@pytest.mark.parametrize(
    "program",
    [
        "import time; print('begun', flush=True); time.sleep(600)",
        # Ends well as soon as somebody ends it.
        "import signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit(0)); signal.pause()",
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)",
    ],
    ids=["hangs", "ends well when it is interrupted", "cannot be interrupted"],
)
def test_an_environment_that_takes_too_long_is_ended_and_named(tox, tmp_path, program):
    """It fails with one line that has its name and its limit, and the processes that it started are gone."""
    shutil.copy(_ROOT / "toxfile.py", tmp_path)
    (tmp_path / "program.py").write_text(
        "import os, pathlib, subprocess, sys\n"
        "sleeps = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "left = subprocess.Popen(sleeps, start_new_session=True)\n"
        "pathlib.Path('left').write_text(str(left.pid))\n" + program
    )
    (tmp_path / "tox.ini").write_text(
        "[tox]\nno_package = true\n[testenv:slow]\ntime_limit = 3\ninterrupt_timeout = 1\n"
        "terminate_timeout = 1\ncommands = python program.py\n"
    )

    done = subprocess.run(
        [tox, "run", "-q", "-e", "slow"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,
    )

    assert 0 != done.returncode
    assert "slow: ended, because it took longer than its time_limit of 3 s" in done.stdout
    left = int((tmp_path / "left").read_text())
    assert reached(lambda: not _runs(left))


def test_an_environment_that_is_in_time_keeps_its_status(tox, tmp_path):
    """What a layer says of itself goes through, such as that it could not be run."""
    shutil.copy(_ROOT / "toxfile.py", tmp_path)
    (tmp_path / "tox.ini").write_text(
        "[tox]\nno_package = true\n[testenv:quick]\ncommands = python -c 'raise SystemExit(69)'\n"
    )

    done = subprocess.run(
        [tox, "run", "-q", "-e", "quick"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=LONG,
    )

    assert 69 == done.returncode


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
