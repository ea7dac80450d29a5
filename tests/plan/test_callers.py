"""Whatever a pipeline's programs call of AWS, the role that runs them may call, and nothing beside."""

from itertools import chain

import pytest

from stage.authorization.reference import action as known
from tests.plan.aws_calls import calls_of, program
from tests.plan.callers import (
    CALLERS,
    KINDS,
    asked,
    calls_by,
    everything,
    needed,
    needs,
    resources,
)
from tests.plan.role import role
from tests.selection import ROOT
from verify.bounds import ENVIRONMENTS

EACH = pytest.mark.parametrize("kind", KINDS)
NAMES = {
    "plan": "notifications-plan",
    "deploy": "notifications-staging-deploy",
    "load": "notifications-staging-load",
}


@pytest.fixture
def caller(bootstrap, kind):
    """The role that runs programs of a kind."""
    return role(bootstrap, NAMES[kind])


@pytest.fixture(scope="session")
def system(cells):
    """Staging, with tasks that make the load."""
    return cells("load")


def test_every_command_is_run_by_a_role():
    """A new command is put to the role that runs it, and its calls are held against that."""
    commands = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ops").glob("*/command.py")}
    programs = set(chain(*CALLERS["programs"].values()))
    assert commands == {one for one in programs if one.endswith("command.py")}


def test_whatever_of_ops_calls_aws_is_run_by_a_role():
    """No program of it is left out, by whatever name it is started."""
    programs = chain(*CALLERS["programs"].values())
    files = {path.relative_to(ROOT).as_posix() for begin in programs for path in program(begin)}
    calling = {call.place.partition(":")[0] for call in calls_of(program("ops/**/*.py"))}
    assert calling
    assert set() == calling - files


@EACH
def test_it_can_be_told_what_is_called(kind):
    """A method that two services have is called on a client that is made in sight."""
    assert [] == [
        f"{call.place}: {call.method} may be of {' or '.join(call.services)}: make its client there"
        for call in calls_by(kind)
        if len(call.services) > 1
    ]


@EACH
def test_aws_knows_every_right(kind):
    """An operation whose right has another name is in callers.yaml, with AWS's page."""
    assert [] == [
        f"{need.call.place} calls {need.call.method}, and AWS knows no {need.action}: name it in callers.yaml"
        for need in needs(kind)
        if known(need.action) is None
    ]


@EACH
def test_it_can_be_told_what_a_call_is_about(kind, system):
    """A call that need not name its resource is in callers.yaml, with what it is authorized on then."""
    assert [] == [
        f"{need.call.place} calls {need.call.method}, which need name no resource: say in callers.yaml what"
        f" {need.action} must be allowed on"
        for need in needs(kind)
        if not need.names_a_resource and need.action not in CALLERS["unnamed"]
    ]
    assert [] == [
        f"{need.call.place} calls {need.call.method}: add to resource_arns.py what {need.action} is about"
        for need in needs(kind)
        if not resources(kind, need.action, system)
    ]


@EACH
def test_a_program_may_make_each_of_its_calls(kind, caller, system):
    """Neither an action nor a resource is missing, and no denial and no boundary is in the way."""
    assert needs(kind)
    assert [] == [
        f"{need.call.place} calls {need.call.method}: {refusal}"
        for need in needs(kind)
        for arn in sorted(resources(kind, need.action, system)) or ["*"]
        if (refusal := caller.refusal(need.action, arn))
    ]


@pytest.mark.parametrize("action", sorted(CALLERS["about"]["load"]))
def test_the_load_reaches_nothing_else(bootstrap, system, action):
    """It takes dead letters and no mails, starts the load generator and no service."""
    load = role(bootstrap, NAMES["load"])
    reached = {arn for arn in everything(action, system) if load.refusal(action, arn) is None}
    assert resources("load", action, system) == reached


def test_load_has_a_role_where_it_is_allowed(bootstrap):
    """In the environments that verify/ loads, and in no other."""
    names = {one["name"] for one in bootstrap.all("aws_iam_role").values()}
    assert {f"notifications-{one}-load" for one in ENVIRONMENTS} == {
        name for name in names if name.endswith("-load")
    }


def test_nothing_in_callers_yaml_is_left_over():
    """What is no longer called goes, and what is there says where AWS has it from."""
    operations = {asked(call) for kind in KINDS for call in calls_by(kind)}
    services = {service for kind in KINDS for call in calls_by(kind) for service in call.services}
    actions = {action for kind in KINDS for action in needed(kind)}
    assert set() == CALLERS["prefixes"].keys() - services
    assert set() == CALLERS["takes"].keys() - operations
    assert set() == {*CALLERS["unnamed"], *CALLERS["named"]} - actions
    for kind in KINDS:
        seen = {asked(call) for call in calls_by(kind)}
        assert set() == set(CALLERS["not_made"].get(kind, ())) - seen
        assert set() == set(CALLERS["about"].get(kind, ())) - needed(kind)
    sourced = [*CALLERS["prefixes"].values(), *CALLERS["takes"].values(), *CALLERS["unnamed"].values()]
    assert [] == [one for one in sourced if not one["source"].startswith("https://docs.aws.amazon.com/")]
