"""A command that makes load beside a bake."""

import os
import shlex
import sys
from itertools import count

import psutil
import pytest

from ops.errors import UsageError
from ops.exit_status import ExitStatus
from ops.release.load_command import LoadCommand
from tests.waiting import eventually


@pytest.fixture
def load(tmp_path):
    """Makes one of a line of Python."""
    return lambda line: LoadCommand(
        shlex.join([sys.executable, "-c", line, str(tmp_path / "runs")]), tmp_path / "load.log"
    )


COUNTED = "import sys; open(sys.argv[1], 'a').write('.')"


def test_it_runs_again_until_the_bake_is_over(load, tmp_path):
    """And the run that is under way then is waited for."""
    with load(COUNTED) as running:
        assert eventually(lambda: (tmp_path / "runs").exists() and len((tmp_path / "runs").read_text()) > 1)
        assert [] == running.against()
        runs = (tmp_path / "runs").read_text()

    assert runs == (tmp_path / "runs").read_text()


def test_a_load_that_fails_speaks_against_the_candidate(load):
    """With its status and its last words; it is not begun again."""
    with load(f"{COUNTED}; print('first'); print('2 of 10 failed'); sys.exit(3)") as running:
        (reason,) = running.against()

    assert "ended with status 3: first; 2 of 10 failed" in reason
    assert ExitStatus.ROLLED_BACK_STEP == running.status


def test_a_command_that_is_not_there_speaks_against_it(tmp_path):
    """Nothing was loaded."""
    with LoadCommand("./no-such-program --fast", tmp_path / "load.log") as running:
        (reason,) = running.against()

    assert "./no-such-program cannot be run: No such file or directory" in reason


def test_each_run_has_credentials_of_its_own_beside_the_environment(tmp_path):
    """Those of a role last an hour, and a bake may last longer."""
    log, line = tmp_path / "load.log", "import os; print(os.environ['AWS_SESSION_TOKEN'], os.environ['HOME'])"
    given = count(1)
    command = shlex.join([sys.executable, "-c", line])
    with LoadCommand(command, log, lambda: {"AWS_SESSION_TOKEN": str(next(given))}) as running:
        assert eventually(lambda: len(log.read_text().splitlines()) > 1)
        assert [] == running.against()

    assert [f"{number} {os.environ['HOME']}" for number in (1, 2)] == log.read_text().splitlines()[:2]


def test_it_is_ended_with_its_children_if_nobody_waits_for_it(load, tmp_path):
    """A bake that failed needs no more load."""
    spawning = (
        "import subprocess, sys; child = subprocess.Popen(['sleep', '1000']);"
        "open(sys.argv[1], 'w').write(str(child.pid)); child.wait()"
    )
    with load(spawning):
        assert eventually(lambda: (tmp_path / "runs").exists() and (tmp_path / "runs").read_text())
        child = psutil.Process(int((tmp_path / "runs").read_text()))

    assert eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(("command", "told"), [("", "give a command"), ("tox 'run", "No closing quotation")])
def test_what_is_no_command_is_refused(tmp_path, command, told):
    """Before anything is waited for."""
    with pytest.raises(UsageError, match=told):
        LoadCommand(command, tmp_path / "load.log")
