"""`python -m ops plan-check PLAN.json`: tells what in a Terraform plan is dangerous."""

import argparse

from ops.arguments import Subcommands, command
from ops.plan_check.allowances import declare, given
from ops.plan_check.answer import PlanAnswer, judged
from ops.plan_check.plan import read_plan


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(
        commands,
        "plan-check",
        "Tell what in a plan deletes data, stops traffic, or opens or blinds something.",
    )
    parser.add_argument("plan", metavar="PLAN.json", help="what terraform show -json PLAN prints; - reads it")
    declare(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> PlanAnswer:
    """Judge the plan."""
    return judged(read_plan(options.plan), given(options))
