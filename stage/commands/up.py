"""Bring the stage up and keep it up until Ctrl-C."""

import argparse
import signal
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.status import Status

from common.shared_files import write_whole
from stage.api_page import ApiPage
from stage.commands.arguments import Subcommands, name_argument
from stage.console import how_to_call, log_to, picture, whereabouts
from stage.host.addresses import block_of
from stage.host.interrupts import defer_signals, deliver_signals, ignore
from stage.host.named_lock import NamedLock
from stage.host.record import Access
from stage.settings import KEPT_STATES, SMALL_TASKS, StageSettings
from stage.stage import Stage


def add(commands: Subcommands) -> None:
    """Declare the command and its arguments."""
    up = commands.add_parser("up", help=__doc__, description=__doc__)
    up.set_defaults(run=run)
    up.add_argument("--port", type=int, default=8080, help="port of the load balancer on 127.0.0.1 (8080)")
    name_argument(up)
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
    up.add_argument(
        "--fresh", action="store_true", help="apply although what was applied before is kept (restore it)"
    )
    up.add_argument(
        "--kept-states",
        type=Path,
        default=KEPT_STATES,
        metavar="DIR",
        help="folder for the states of what was applied (build/kept-states)",
    )
    up.add_argument(
        "--as",
        dest="as_whom",
        choices=["administrator", "deploy"],
        default="administrator",
        help="who applies: the account's administrator, or the deploy role that DIR/bootstrap makes first "
        "(administrator)",
    )
    up.add_argument(
        "--enforce-rights",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="refuse tasks what their roles do not allow (yes); it is recorded either way",
    )
    up.add_argument("--quota", choices=["cgroup-v2", "cgroup-v1", "duty-cycle"], help="how CPU is limited")
    up.add_argument(
        "--no-metric-lag",
        action="store_true",
        help="have metrics at the end of their periods instead of as late as on AWS",
    )


def run(options: argparse.Namespace) -> None:
    """Bring the stage up and keep it up until a signal ends it."""
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
    except KeyboardInterrupt:
        console.print("stage is down")


def _up(options: argparse.Namespace, console: Console) -> None:
    status = console.status("bringing the stage up")
    settings = StageSettings(
        terraform_dir=options.terraform,
        services_root=options.services,
        var_files=_var_files(options),
        minute_seconds=options.minute_seconds,
        vcpu_cores=options.vcpu_cores,
        quota_method=options.quota,
        as_deploy_role=options.as_whom == "deploy",
        enforce_rights=options.enforce_rights,
        metric_lag=not options.no_metric_lag,
        listen=("127.0.0.1", options.port),
        kept_states=options.kept_states,
        restored=not options.fresh,
        progress=lambda text: status.update(escape(text)),
    )
    with NamedLock(options.name) as lock, status, Stage(settings) as stage, ExitStack() as beside:
        access = _access(stage, beside)
        lock.publish(access)
        console.print(f"stage is {stage.origin}", soft_wrap=True, highlight=False)

        def tell(told: str) -> None:
            console.print(told, soft_wrap=True, highlight=False)
            lock.publish(replace(access, terraform=_copy(stage)))

        stage.when_proven(tell)
        try:
            with deliver_signals():
                _watch(stage, console, status)
        finally:
            status.update("stopping every task")
            status.start()


def _access(stage: Stage, beside: ExitStack) -> Access:
    """How other processes reach the stage; what that takes goes with `beside`."""
    key_file = page = None
    if how_to_call(stage) is not None:
        # Its folder goes with the stage.
        key_file = stage.mail_log.with_name("api-key")
        write_whole(key_file, stage.api_key, 0o600)
        page = beside.enter_context(ApiPage(stage.url)).url
    pace = stage.clock.pace
    return Access(
        url=whereabouts(stage),
        endpoint_url=stage.aws.endpoint_url,
        sqs_endpoint_url=stage.aws.sqs_endpoint_url,
        region=stage.aws.region,
        cluster=stage.outputs["cluster_name"],
        block=block_of(stage.aws.endpoint_url),
        smtp_address=stage.smtp_address,
        mail_log=str(stage.mail_log.absolute()),
        key_file=None if key_file is None else str(key_file.absolute()),
        page=page,
        services=str(stage.services_root),
        images=str(stage.images_folder.absolute()),
        terraform=_copy(stage),
        deploy_role=stage.deploy_role,
        minute_seconds=pace.minute_seconds,
        aws_time=pace.since.isoformat(),
        aws_time_unix=pace.since_unix,
    )


def _copy(stage: Stage) -> str | None:
    """Folder of the copy, once others may apply there."""
    return str(stage.copy.absolute()) if stage.proven else None


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
