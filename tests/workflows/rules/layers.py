"""What runs without a person: every layer on every push, newer tools every night."""

import re
from collections.abc import Iterator

from tests.workflows.commands import commands
from tests.workflows.declared import ROOT, Workflows

_LAYERS = re.compile(r"-m tests\.layers (.+)")
_REQUIRED = re.compile(r'required_version = "(.+)"')


def complete(workflows: Workflows) -> Iterator[str]:
    """A layer of `make test` or `make verify` is a job of its own."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    run = {name for one in commands(workflows) if "ci.yml" in one.where for name in one.environments}
    for layer in sorted({layer for line in _LAYERS.findall(makefile) for layer in line.split()} - run):
        yield f"workflows/ci.yml: {layer} is a layer of the Makefile, and no job"


def newest(workflows: Workflows) -> Iterator[str]:
    """The plan layer meets the newest Terraform that the root module allows, and the newest provider."""
    night = [one for one in commands(workflows) if "nightly.yml" in one.where]
    if not any("newest-provider" in one.environments for one in night):
        yield "workflows/nightly.yml: nobody tries the newest provider"
    [required] = _REQUIRED.findall((ROOT / "terraform" / "versions.tf").read_text("utf-8"))
    planning = {one.where for one in night if "plan" in one.environments}
    asked = {
        step.inputs.get("terraform-version")
        for job in workflows.jobs
        if str(job) in planning
        for step in job.using("hashicorp/setup-terraform")
    }
    if asked != {required}:
        yield (
            f"workflows/nightly.yml: the plan layer meets Terraform {asked}, and terraform/versions.tf allows"
            f" {required}"
        )
