"""`python -m stage up`: bring the stage up and keep it up until Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape

from stage.console import picture
from stage.errors import StageError
from stage.runfiles import NamedLock
from stage.settings import StageSettings
from stage.stage import Stage

_USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the process's exit status."""
    options = _parser().parse_args(arguments)
    console = Console()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _up(options, console)
    except StageError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]stage:[/] {escape(str(error))}")
        return _USAGE_ERROR
    except KeyboardInterrupt:
        console.print("stage is down")
    return 0


def _up(options: argparse.Namespace, console: Console) -> None:
    defaults = StageSettings()
    settings = replace(
        defaults,
        var_files=tuple(options.var_file or defaults.var_files),
        minute_seconds=options.minute_seconds,
        vcpu_cores=options.vcpu_cores,
        quota_method=options.quota,
        listen=("127.0.0.1", options.port),
    )
    lock = NamedLock(options.name)
    lock.acquire()
    try:
        with console.status("bringing the stage up") as status:
            stage = Stage(replace(settings, progress=lambda text: status.update(escape(text))))
            stage.__enter__()
        try:
            lock.publish(pid=os.getpid(), url=stage.url)
            _watch(stage, console)
        finally:
            with console.status("stopping every task"):
                stage.__exit__(None, None, None)
    finally:
        lock.release()


def _watch(stage: Stage, console: Console) -> None:
    """Redraw once a second for as long as nobody interrupts."""
    if not console.is_terminal:
        console.print(f"stage is up at {stage.url}")
        threading.Event().wait()
    with Live(picture(stage), console=console, refresh_per_second=4) as live:
        never = threading.Event()
        while not never.wait(1.0):
            live.update(picture(stage))


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage", description=__doc__)
    up = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("up", help=__doc__)
    defaults = StageSettings()
    up.add_argument("--port", type=int, default=8080, help="port of the load balancer on 127.0.0.1 (8080)")
    up.add_argument("--name", default="default", help="name, to have more than one stage up (default)")
    up.add_argument(
        "--var-file", type=Path, action="append", help="Terraform variables (environments/staging.tfvars)"
    )
    up.add_argument(
        "--minute-seconds",
        type=float,
        default=defaults.minute_seconds,
        help=f"real seconds an AWS minute takes ({defaults.minute_seconds})",
    )
    up.add_argument(
        "--vcpu-cores",
        type=float,
        default=defaults.vcpu_cores,
        help=f"cores of this machine that stand for one vCPU ({defaults.vcpu_cores})",
    )
    up.add_argument("--quota", choices=["cgroup-v2", "cgroup-v1", "duty-cycle"], help="how CPU is limited")
    return parser


if __name__ == "__main__":
    sys.exit(main())
