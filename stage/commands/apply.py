"""`apply`: `terraform apply` in a running stage's own copy, with variables on top of what is out."""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from common.budget import budget
from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, Running, running
from stage.deploying import deploying
from stage.errors import StageError
from stage.host.record import find_stage
from stage.terraform.second_apply import Changes, apply_on_top
from stage.terraform.setting import declared_in, parse

# A plan takes some ten seconds on a quiet machine.
_PROOF_SECONDS = 120.0
_LOOK_SECONDS = 0.5


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands, "apply", "Apply what is out once more, with variables on top, which are remembered."
    )
    parser.add_argument(
        "-var",
        dest="variables",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable, as terraform's own -var takes it; may be repeated",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Apply, and say how much was changed."""
    console = Console(stderr=True)
    with running(options.name) as stage, console.status("planning") as status:
        began = time.monotonic()
        folder = _proven_copy(stage, status)
        declared = declared_in(folder)
        settings = [parse(one, declared) for one in options.variables]

        def progress(text: str) -> None:
            status.update(escape(f"terraform apply: {text}"))

        try:
            changes = apply_on_top(folder, deploying(stage.aws, stage.access.deploy_role), settings, progress)
        except KeyboardInterrupt:
            raise StageError(
                "interrupted: what was done until then stays, and `python -m stage apply` goes on from what "
                "was out before"
            ) from None
    data = {"name": options.name, **asdict(changes), "seconds": round(time.monotonic() - began, 1)}
    Output(options).document(data, _told(changes), _told(changes))


def _proven_copy(stage: Running, status: Status) -> Path:
    """The copy, once nobody plans there any more to prove what was restored.

    Raises:
        StageError: Nobody has proven it in time.
    """
    deadline = time.monotonic() + budget(_PROOF_SECONDS)
    access = stage.access
    while access.terraform is None:
        status.update("waiting for the plan that proves what was restored")
        if time.monotonic() >= deadline:
            raise StageError(
                "no plan has proven that what was restored is what is declared: see what the stage's own "
                "terminal says, or bring it up anew with --fresh"
            )
        time.sleep(_LOOK_SECONDS)
        access = find_stage(stage.record.name).access or access
    return Path(access.terraform)


def _told(changes: Changes) -> str:
    return f"applied: {changes.added} added, {changes.changed} changed, {changes.removed} destroyed"
