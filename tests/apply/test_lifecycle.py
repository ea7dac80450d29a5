"""Apply, move to another mesh, drift, destroy: what Terraform says, and what is left."""

import re
from collections import defaultdict

import pytest

from tests.apply.defects import MISSING, SCOPED
from tests.apply.mode import CHAINS, ROOT
from tests.apply.standing import standing
from tests.plan.access import PROVIDER_ACTIONS
from verify.rights.observed import IDENTITY
from verify.rights.reasons import name_of

FAULTY = "notifications-production-deploy-as-it-was"

moved = pytest.mark.parametrize("applied", ["app_mesh", "none", "staging"], indirect=True)
last = pytest.mark.parametrize("applied", [CHAINS["production"][-1]], indirect=True)


def test_a_second_plan_is_empty(applied):
    """What was applied is what is declared."""
    assert [] == applied.plan


@moved
def test_a_move_touches_what_it_should(applied):
    """A plan of it, with many changes at once, names what they are about, and nothing else.

    When more is meant to change: reports/apply/<chain>/announced-<mode>.yaml is what the plan says now, for
    `plan` in tests/apply/modes/<mode>.yaml.
    """
    assert applied.mode.announced == applied.announced


@moved
def test_a_move_keeps_every_service(applied):
    """Each that stays is the one that was there: it is deployed anew, and not made anew."""
    kept = applied.before.keys() & applied.after.keys()

    assert {"notification-api", "email-sender"} <= kept
    assert {name: (applied.before[name].arn, applied.before[name].created_at) for name in kept} == {
        name: (applied.after[name].arn, applied.after[name].created_at) for name in kept
    }


@moved
def test_a_move_takes_no_task_away_before_another_runs(applied):
    """Of each service as many run all the time as were wanted before."""
    desired = {name: one.desired for name, one in applied.before.items() if name in applied.after}

    assert [] == [
        f"{name}: {applied.fewest[name]} of {wanted}"
        for name, wanted in desired.items()
        if applied.fewest[name] < wanted
    ]


@pytest.mark.parametrize(
    ("applied", "mesh"),
    [
        ("app_mesh", "module.mesh.aws_service_discovery_http_namespace.service_connect[0]"),
        ("none", "module.mesh.aws_appmesh_mesh.this[0]"),
    ],
    indirect=["applied"],
)
def test_the_old_mesh_goes_once_every_service_has_left_it(applied, mesh):
    """Until then tasks run that need it."""
    steps = applied.steps
    (gone,) = [number for number, step in enumerate(steps) if step == f"delete begins {mesh}"]
    left = [
        number
        for number, step in enumerate(steps)
        if step.startswith("update ends") and step.endswith("aws_ecs_service.this")
    ]

    assert 2 <= len(left)
    assert max(left) < gone


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_a_change_by_hand_is_noticed(applied, changed):
    """Weights, a policy and a threshold that somebody changed are named beside what is meant to change.

    When more is meant to change: reports/apply/production/announced-app_mesh-changed.yaml is what the plan
    says now, for `changed.plan` in tests/apply/modes/app_mesh.yaml.
    """
    assert applied.mode.change_announced == changed.announced
    assert {
        "module.load_balancer.aws_lb_listener.this": "update",
        "module.monitoring.aws_cloudwatch_metric_alarm.dead_letters": "update",
        'module.queue.aws_sqs_queue.this["normal"]': "update",
    }.items() <= changed.announced.items()


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_the_next_apply_puts_a_change_by_hand_right(applied, changed):
    """What is declared wins, and every changed value arrives."""
    assert [] == changed.plan


@last
def test_destroy_leaves_nothing_in_the_state(applied, destroyed):
    """Nothing declared is in the way of its own removal."""
    assert [] == destroyed.left


@last
def test_destroy_leaves_nothing_in_the_account(applied, destroyed):
    """Also nothing that was made on behalf of a resource, such as the alarms of a scaling policy."""
    assert destroyed.before == standing(destroyed.aws)


@last
def test_no_apply_change_or_destroy_is_refused(applied, destroyed):
    """The deploy role of production has made, moved, changed and destroyed all of it, and nobody else."""
    refused = _refused(applied)

    assert {"notifications-production-deploy", FAULTY} == refused.keys()
    assert [] == refused["notifications-production-deploy"]


@last
def test_the_table_of_the_provider_s_calls_forgets_none(applied, destroyed):
    """The deploy role is granted what tests/plan/provider_actions.yaml has: here it is what was called."""
    called = {
        one.action
        for one in applied.rehearsal.rights().decisions
        if name_of(one.principal) == "notifications-production-deploy" and one.kind == IDENTITY
    }

    assert set() == called - {
        action for each in PROVIDER_ACTIONS.values() for some in each.values() for action in some
    }


@last
def test_rights_that_would_stop_an_apply_are_found(applied, destroyed):
    """Of a deploy role that differs in its faults alone each is refused, and nothing else."""
    assert MISSING | SCOPED.keys() == {one.action for one in _refused(applied)[FAULTY]}


def _refused(applied):
    """What was refused, by the name of each role that called or was tried."""
    refused = defaultdict(list)
    for one in applied.rehearsal.rights().decisions:
        refused[name_of(one.principal)] += [] if one.allowed else [one]
    return refused


def test_every_mesh_is_rehearsed():
    """A mesh that may be chosen and has no file here would be one that nobody has applied."""
    (allowed,) = re.findall(r"contains\(\[(.*)\], var\.service_mesh\)", (ROOT / "variables.tf").read_text())

    assert set(CHAINS["production"]) == set(re.findall(r'"(\w+)"', allowed))
