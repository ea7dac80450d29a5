"""Plugin of tox's: ends an environment that takes longer than its `time_limit`, and says which.

Tests have limits of their own (tests/time_limits.py). This one is for what hangs outside of a test: the
installation of packages, a collection, a process that does not end.
"""

import os
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass

from tox.config.sets import EnvConfigSet
from tox.execute.api import Outcome
from tox.plugin import impl
from tox.report import HandledError
from tox.session.state import State
from tox.tox_env.api import ToxEnv
from tox.tox_env.installer import InstallArguments
from tox.tox_env.python.api import Python

_DEFAULT_SECONDS = 3600
# Dumping the stacks of a few processes takes a moment on a busy machine.
_STACKS_SECONDS = 5.0
_limits: dict[str, "_Limit"] = {}

# pytest's processes answer it with the stacks of all their threads; to every other it means nothing.
signal.signal(signal.SIGUSR1, signal.SIG_IGN)


class _Limit:
    """The time of one environment, from now on."""

    def __init__(self, tox_env: ToxEnv) -> None:
        self.seconds: int = tox_env.conf["time_limit"]
        self.name = tox_env.conf.name
        self.exceeded = False
        self._tox_env = tox_env
        self._timer = threading.Timer(self.seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """It has ended by itself; if not, wait until nothing is left of it: tox would end before that."""
        self._timer.cancel()
        if self.exceeded:
            self._timer.join()

    def message(self) -> str:
        """One line that names the environment."""
        return f"{self.name}: ended, because it took longer than its time_limit of {self.seconds} s (tox.ini)"

    def _end(self) -> None:
        """Have pytest show its stacks, interrupt what runs, and kill what is left of it."""
        self.exceeded = True
        print(f"\n{self.message()}", flush=True)  # noqa: T201 - whoever waits has to see it
        started = _descendants()
        for pid in started:
            _send(pid, signal.SIGUSR1)
        threading.Event().wait(_STACKS_SECONDS)
        self._tox_env.interrupt()
        # Orphans have another parent by now. A process that only has the same id began later.
        running = _processes()
        for pid in started:
            if pid in running and running[pid].began == started[pid].began:
                _send(pid, signal.SIGKILL)


@impl
def tox_add_env_config(env_conf: EnvConfigSet, state: State) -> None:  # noqa: ARG001 - tox's signature
    """Know the setting."""
    env_conf.add_config(
        keys="time_limit",
        of_type=int,
        default=_DEFAULT_SECONDS,
        desc="seconds that the environment may take, with what it installs",
    )


@impl
def tox_on_install(tox_env: ToxEnv, arguments: InstallArguments, section: str, of_type: str) -> None:  # noqa: ARG001 - tox's signature
    """Count the time of the installation."""
    _begin(tox_env)


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Count the time of the commands."""
    _begin(tox_env)


@impl
def tox_after_run_commands(tox_env: ToxEnv, exit_code: int, outcomes: list[Outcome]) -> None:  # noqa: ARG001 - tox's signature
    """Fail what took too long, whatever its commands say of themselves.

    Raises:
        HandledError: It did.
    """
    limit = _limits.get(tox_env.conf.name)
    if limit is not None:
        limit.cancel()
        if limit.exceeded:
            raise HandledError(limit.message())


@impl
def tox_env_teardown(tox_env: ToxEnv) -> None:
    """Stop counting."""
    if (limit := _limits.pop(tox_env.conf.name, None)) is not None:
        limit.cancel()


def _begin(tox_env: ToxEnv) -> None:
    if isinstance(tox_env, Python) and tox_env.conf.name not in _limits:
        _limits[tox_env.conf.name] = _Limit(tox_env)


@dataclass(frozen=True)
class _Process:
    parent: int
    began: str


def _processes() -> dict[int, _Process]:
    """Every process of this machine by its id."""
    program = shutil.which("ps")
    if program is None:
        return {}
    listed = subprocess.run(  # noqa: S603 - the program is ps
        [program, "-A", "-o", "pid=,ppid=,lstart="], capture_output=True, text=True, check=False
    ).stdout
    fields = (line.split(maxsplit=2) for line in listed.splitlines())
    return {int(pid): _Process(int(parent), began) for pid, parent, began in fields}


def _descendants() -> dict[int, _Process]:
    """Every process that this one has started, and that those have."""
    processes, found = _processes(), {os.getpid()}
    while more := {pid for pid, process in processes.items() if process.parent in found} - found:
        found |= more
    return {pid: processes[pid] for pid in found - {os.getpid()}}


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
