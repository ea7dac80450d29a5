"""Halves of a nightly check, as they may end."""

from ops.drift.allowed import Sorted
from ops.drift.answer import Drift
from ops.drift.finding import Finding
from ops.drift.sources import Failure
from ops.nightly.answer import Nightly
from ops.plan_check.answer import judged
from ops.review.answer import Review
from tests.unit.ops.plan_check.planned import changes

RULE = Finding("aws_security_group.this", "ingress[sgr-1]", "(none)", "0.0.0.0/0")
ALARM = Finding("aws_cloudwatch_metric_alarm.errors", "threshold", "5.0", "500.0")
REFUSED = Failure("roles", "AccessDenied (request 1)")


def drift(*findings, failed=()):
    """What differs."""
    return Drift("staging", Sorted(tuple(findings), (), ()), list(failed))


def plan(*deleted):
    """A plan that deletes some of the resources that plan-check's tests know."""
    return Review("staging", judged(changes(*({"of": name, "action": "delete"} for name in deleted)), []))


UNPLANNED = Review("staging", None, failure="no credentials (request 1)")


def nightly(drifted=None, review=None, **given):
    """Both halves; clean unless a test says otherwise."""
    return Nightly("staging", drifted or drift(), review or plan(), **given)
