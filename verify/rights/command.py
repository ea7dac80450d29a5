"""`rights`: what each role is granted and uses, is granted and never uses, and what was refused."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3

from verify.errors import LoadError
from verify.exit_status import ExitStatus
from verify.report import html
from verify.report.findings import Finding, Findings
from verify.report.terminal import console
from verify.rights import ask, files, reasons
from verify.rights.facts import facts
from verify.rights.findings import checks, findings
from verify.rights.judge import judge
from verify.rights.observed import Observed
from verify.rights.selected import as_one, of_roles
from verify.rights.terminal import drawn


def add(commands: Any) -> None:
    """Declare the command."""
    summary = "Tell what roles are granted and use, what they never use, and what was refused."
    parser = commands.add_parser("rights", help=summary, description=summary)
    parser.add_argument(
        "--decisions",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="files that runs have saved (a running emulated AWS is asked, which AWS_ENDPOINT_URL and "
        "AWS_ENDPOINT_URL_SQS lead to)",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write what is judged to a file as well")
    parser.add_argument(
        "--reasons",
        type=Path,
        default=reasons.FILE,
        metavar="FILE",
        help="reasons for unused rights and for refusals (verify/rights/reasons.yaml)",
    )
    parser.add_argument(
        "--role", nargs="+", metavar="PATTERN", help="judge roles with such names alone, such as '*-deploy'"
    )
    parser.add_argument(
        "--as-one",
        nargs="+",
        metavar="ENVIRONMENT",
        help="judge roles of these environments as one: what is used in any of them is used",
    )
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="write index.html and its like as well")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help="print JSON")
    told.add_argument("--brief", action="store_true", help="print findings and verdict alone")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> ExitStatus:
    """Judge rights, and tell what was found.

    Raises:
        LoadError: There is nothing to judge, or a file is wrong.
        OSError: A file cannot be written.
    """
    entries = reasons.read(options.reasons)
    observed = _observed(options)
    if options.save is not None:
        files.save(options.save, observed)
    if options.role:
        observed = of_roles(observed, options.role)
    if options.as_one:
        observed = as_one(observed, options.as_one)
    if not observed.roles or not observed.decisions:
        raise LoadError("there are no roles or no decisions, which is no pass: have something applied first")
    rights = judge(observed, entries)
    if options.report is not None:
        html.write(Findings("rights", [Finding("Rights", checks(rights))], rights=rights), options.report)
    if options.json:
        sys.stdout.write(json.dumps(facts(rights), indent=2) + "\n")
    else:
        console().print(drawn(rights, brief=options.brief))
    return ExitStatus.FOUND if findings(rights) else ExitStatus.DONE


def _observed(options: argparse.Namespace) -> Observed:
    if options.decisions:
        return files.load(options.decisions)
    return ask.observe(os.environ, boto3.client("iam"))
