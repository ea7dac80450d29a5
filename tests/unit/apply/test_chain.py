from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests.apply import chain as module
from tests.apply.chain import Chain
from tests.apply.mode import Mode

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


class Rehearsal:
    """Applies nothing, and notes what it should have."""

    steps = ("create ends a",)
    aws = None

    def __init__(self):
        self.asked = []
        self.given = {}
        self.fleet = SimpleNamespace(forget_fewest=lambda: None, fewest=lambda: {"api": 3})

    def apply(self, files, variables):
        (file,) = files
        self.asked.append(f"apply {file.stem} {variables['service_mesh']}")
        self.given = variables

    def plan(self, name, files, variables, *, refresh=True):
        (file,) = files
        self.asked.append(f"plan {file.stem} {name}" + ("" if refresh else " without reading"))
        self.given = variables
        return {"a": "update"}

    def apply_planned(self):
        self.asked.append("apply the plan")

    def plan_changes(self):
        self.asked.append("plan again")
        return []

    def outputs(self):
        return {}

    def written(self):
        return ""


@pytest.fixture
def chain(monkeypatch):
    """The chain of production, in an account in which one service stays what it was."""
    service = {"serviceArn": "arn", "createdAt": CREATED, "desiredCount": 3}
    monkeypatch.setattr(module, "services_of", lambda _aws, _cluster: {"api": service})
    return Chain("production", Rehearsal(), {"certificate_arn": "arn:aws:acm"})


def test_a_mode_is_reached_by_way_of_those_before_it(chain):
    """The first is applied, each other one moved to by a plan that was looked at; none of them twice."""
    chain.reach("app_mesh")
    chain.reach("app_mesh")

    assert [
        "apply production service_connect",
        "plan again",
        "plan production app_mesh without reading",
        "apply the plan",
        "plan again",
    ] == chain.rehearsal.asked


def test_what_a_mode_does_not_give_stays_as_it_was(chain):
    """Its own account's certificate, and what an earlier mode has given, unless it is taken back."""
    applied = chain.reach("none")

    assert "arn:aws:acm" == applied.variables["certificate_arn"]
    assert Mode("service_connect").variables["alarm_emails"] == applied.variables["alarm_emails"]
    assert applied.variables.keys().isdisjoint({"canary", "mesh_certificate_authority_arn"})
    assert ("none", "0.1.1") == (applied.variables["service_mesh"], applied.variables["image_tag"])


def test_a_change_reads_what_stands(chain):
    """What somebody has changed by hand is found by its plan; the next mode begins with its variables."""
    changed = chain.change(chain.reach("app_mesh"))

    assert ["plan production app_mesh-changed", "apply the plan", "plan again"] == chain.rehearsal.asked[-3:]
    assert {"a": "update"} == changed.announced
    assert 50 == chain.variables["canary"]["weight"]


def test_services_before_and_after_are_compared(chain):
    """By ARN, time of creation and desired count, with the fewest tasks that ran meanwhile."""
    applied = chain.reach("service_connect")

    assert applied.before == applied.after
    assert (3, CREATED.timestamp()) == (applied.after["api"].desired, applied.after["api"].created_at)
    assert {"api": 3} == applied.fewest
