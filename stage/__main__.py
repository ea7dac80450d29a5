"""`python -m stage up`: bring the stage up and keep it up until Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.status import Status

from stage.console import how_to_call, log_to, picture, whereabouts
from stage.errors import StageError
from stage.host.interrupts import defer_signals, deliver_signals, ignore
from stage.host.named_lock import NamedLock
from stage.settings import SMALL_TASKS, StageSettings
from stage.stage import Stage

_USAGE_ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the process's exit status."""
    options = _parser().parse_args(arguments)
    console = Console()
    log_to(console)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # What is ignored already, by nohup say, stays ignored.
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        with defer_signals():
            try:
                _up(options, console)
            finally:
                # Whoever goes on pressing Ctrl-C need not see how Python takes that.
                ignore()
    except StageError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]stage:[/] {escape(str(error))}")
        return _USAGE_ERROR
    except KeyboardInterrupt:
        console.print("stage is down")
    return 0


def _up(options: argparse.Namespace, console: Console) -> None:
    status = console.status("bringing the stage up")
    settings = StageSettings(
        terraform_dir=options.terraform,
        services_root=options.services,
        var_files=_var_files(options),
        minute_seconds=options.minute_seconds,
        vcpu_cores=options.vcpu_cores,
        quota_method=options.quota,
        listen=("127.0.0.1", options.port),
        progress=lambda text: status.update(escape(text)),
    )
    with NamedLock(options.name) as lock, status, Stage(settings) as stage:
        lock.publish(pid=os.getpid(), url=whereabouts(stage))
        try:
            with deliver_signals():
                _watch(stage, console, status)
        finally:
            status.update("stopping every task")
            status.start()


def _watch(stage: Stage, console: Console, status: Status) -> None:
    """Redraw once a second for as long as nobody interrupts."""
    status.stop()
    never = threading.Event()
    if not console.is_terminal:
        console.print(f"stage is up: {whereabouts(stage)}", soft_wrap=True)
        command = how_to_call(stage)
        if command is not None:
            console.print(f"call it: {escape(command)}", soft_wrap=True, highlight=False)
        never.wait()
    with Live(picture(stage), console=console, auto_refresh=False) as live:
        while not never.wait(1.0):
            live.update(picture(stage), refresh=True)


def _var_files(options: argparse.Namespace) -> tuple[Path, ...]:
    """The variable files that were named, or those of staging with small tasks, if the module has any."""
    if options.var_file:
        return tuple(options.var_file)
    staging: Path = options.terraform / "environments" / "staging.tfvars"
    return (staging, SMALL_TASKS) if staging.is_file() else ()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stage", description=__doc__)
    up = parser.add_subparsers(required=True, metavar="COMMAND").add_parser("up", help=__doc__)
    up.add_argument("--port", type=int, default=8080, help="port of the load balancer on 127.0.0.1 (8080)")
    up.add_argument("--name", default="default", help="name, to have more than one stage up (default)")
    up.add_argument(
        "--terraform",
        type=Path,
        default=StageSettings.terraform_dir,
        metavar="DIR",
        help="Terraform root module (terraform)",
    )
    up.add_argument(
        "--services",
        type=Path,
        default=StageSettings.services_root,
        metavar="DIR",
        help="folder with one folder a service, each with its Dockerfile (services)",
    )
    up.add_argument(
        "--var-file",
        type=Path,
        action="append",
        metavar="FILE",
        help="Terraform variables (environments/staging.tfvars and small tasks)",
    )
    up.add_argument(
        "--minute-seconds",
        type=float,
        metavar="SECONDS",
        help="real seconds an AWS minute takes (what fits this machine: 2 or more)",
    )
    up.add_argument(
        "--vcpu-cores",
        type=float,
        metavar="CORES",
        help="cores of this machine that stand for one vCPU (what fits it: 0.4 or fewer)",
    )
    up.add_argument("--quota", choices=["cgroup-v2", "cgroup-v1", "duty-cycle"], help="how CPU is limited")
    return parser


if __name__ == "__main__":
    sys.exit(main())
