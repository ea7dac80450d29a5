"""A check as a whole, with an environment that this test makes up."""

import pytest
from botocore.exceptions import ClientError

from common.terraform.terraform_cli import TerraformError
from ops.drift.check import check
from ops.drift.finding import Finding
from tests.unit.ops.drift.system import CLUSTER

OUTPUTS = {"image_tag": "1", "canary": {"image_tag": None, "weight": 0, "sender_tasks": 0}}
RELEASE = {"image_tag": "1", "canary": {"image_tag": "2", "weight": 5, "sender_tasks": 1}}
EMPTY = {"planned_values": {}, "resource_changes": [], "resource_drift": []}


def document():
    """A state with a cluster."""
    cluster = {"name": CLUSTER}
    resource = {"address": "aws_ecs_cluster.this", "type": "aws_ecs_cluster", "values": cluster}
    return {"values": {"root_module": {"resources": [resource]}}}


class Environment:
    """An environment whose state has these serial numbers one after the other, the last one for good."""

    def __init__(self, *serials, outputs=OUTPUTS, plans=(EMPTY, EMPTY)):
        self.serials = list(serials or (1,))
        self.told = outputs
        self.plans = {True: plans[0], False: plans[1]}
        self.asked = []

    def outputs(self):
        """As given."""
        return self.told

    def version(self):
        """The next one."""
        return self.serials.pop(0) if len(self.serials) > 1 else self.serials[0]

    def state(self):
        """Always the same: what is compared is its number."""
        return document()

    def plan(self, variables, *, refresh_only=False):
        """As given, or an error."""
        self.asked.append((refresh_only, variables))
        answer = self.plans[refresh_only]
        if isinstance(answer, Exception):
            raise answer
        return answer


def finding(resource="a", attribute="b"):
    """A finding of AWS."""
    return Finding(resource, attribute, "1", "2")


def refused(*_):
    """A source that AWS refuses to answer."""
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListRoles")


def run(environment, *sources):
    """Findings and names of failed sources."""
    found, failed = check(environment, None, lambda _: None, sources)
    return [(one.resource, one.attribute) for one in found], [one.source for one in failed]


def test_nothing_found_is_clean():
    """No findings, and no failures."""
    assert ([], []) == run(Environment(), ("one", lambda *_: iter(())))


def test_a_source_that_fails_is_told_beside_the_findings_of_others():
    """It is never taken for one that found nothing."""
    assert ([("a", "b")], ["two"]) == run(
        Environment(), ("one", lambda *_: iter([finding()])), ("two", refused)
    )


@pytest.mark.parametrize("error", [KeyError("Arn"), TypeError("none"), ValueError("x"), IndexError("0")])
def test_an_answer_that_is_not_understood_is_a_failure(error):
    """Of AWS or of an emulation of it."""

    def confused(*_):
        raise error

    assert ([], ["one"]) == run(Environment(), ("one", confused))


@pytest.mark.parametrize("broken", [TerraformError("locked"), {}])
def test_a_plan_that_fails_is_told(broken):
    """Each by its name; what the other one tells is told."""
    change = {"actions": ["update"], "before": {"x": 1}, "after": {"x": 2}}
    changed = EMPTY | {
        "resource_drift": [{"address": "a", "type": "aws_a", "mode": "managed", "change": change}]
    }

    assert ([("a", "x")], ["terraform plan"]) == run(Environment(plans=(changed, broken)))
    both = ["terraform plan", "terraform plan -refresh-only"]
    assert ([], both) == run(Environment(plans=(broken, broken)))
    assert ([("a", "x")], []) == run(Environment(plans=(broken, changed)))


def test_a_release_under_way_is_planned_as_it_is():
    """With its canary, which an apply without it would take away."""
    environment = Environment(outputs=RELEASE)
    run(environment)

    canary = {"image_tag": "2", "weight": 5, "sender_tasks": 1}
    variables = {"image_tag": "1", "canary": canary}
    assert [(False, variables)] == environment.asked


def test_what_is_seen_while_an_apply_changes_the_state_does_not_count():
    """All is looked at again."""
    answers = iter([[finding("passing")], [finding("passing")], [finding("stays")], [finding("stays")]])

    assert ([("stays", "b")], []) == run(Environment(1, 2, 2, 2), ("one", lambda *_: iter(next(answers))))


def test_a_state_that_never_rests_is_never_clean():
    """Nor are findings of half of an apply told."""
    environment = Environment(*range(9))

    assert ([], ["state"]) == run(environment, ("one", lambda *_: iter([finding()])))


def test_an_attribute_that_several_sources_tell_is_one_finding():
    """Whether its path names the only item of a list or not."""
    inner = {"actions": ["update"], "before": {"x": [{"y": 1}]}, "after": {"x": [{"y": 2}]}}
    change = {"address": "a", "type": "aws_a", "mode": "managed", "change": inner}
    plans = (EMPTY, EMPTY | {"resource_drift": [change]})

    assert ([("a", "x[0].y")], []) == run(
        Environment(plans=plans), ("one", lambda *_: iter([finding(attribute="x.y")]))
    )
