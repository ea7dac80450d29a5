"""Stand-ins for the actions of others: each is there, and takes what the workflows give to the real one."""

import yaml

from tests.workflows.act import STAND_INS

# act copies the repository by itself.
CHECKOUT = "actions/checkout"


def test_every_action_of_others_has_one(workflows):
    """No run fetches an action, and none is left over."""
    used = {step.action.rpartition("/")[2] for job in workflows.jobs for step in job.steps if step.action}

    assert {folder.name for folder in STAND_INS.iterdir()} == used - {"checkout"}


def test_it_takes_what_is_given(workflows):
    """An input that the stand-in does not declare would be lost without a word."""
    lost = [
        f"{job}: {step.action}: {name}"
        for job in workflows.jobs
        for step in job.steps
        if step.action and step.action != CHECKOUT
        for name in step.given
        if name not in declared(step.action).get("inputs", {})
    ]

    assert [] == lost


def test_it_is_given_what_it_needs(workflows):
    """What is required of the real one is required of it."""
    missing = [
        f"{job}: {step.action}: {name}"
        for job in workflows.jobs
        for step in job.steps
        if step.action and step.action != CHECKOUT
        for name, one in declared(step.action).get("inputs", {}).items()
        if one.get("required") and name not in step.given
    ]

    assert [] == missing


def declared(action):
    """The stand-in as it is declared."""
    return yaml.safe_load((STAND_INS / action.rpartition("/")[2] / "action.yml").read_text("utf-8"))
