"""Environments without Terraform: what is out, the state and the plans are what a test gives."""

import json

from ops.environment import NothingAppliedError
from tests.unit.ops.plan_check.planned import plan

OUT = {
    "environment": "staging",
    "aws_region": "eu-central-1",
    "image_tag": "1",
    "canary": {"image_tag": None, "weight": 0, "sender_tasks": 0},
}
CANARY = OUT | {"canary": {"image_tag": "2", "weight": 10, "sender_tasks": 1}}


class GivenEnvironment:
    """An environment whose outputs come one after the other, the last one for good.

    Args:
        outputs: The outputs; None where nothing is applied.
        planned: The plan, or the error that there is in its place.
        refreshed: The same of the refresh-only plan.
        state: The state.

    Attributes:
        asked: Variables that plans were made with.
    """

    name = "staging"

    def __init__(self, *outputs, planned=None, refreshed=None, state=None):
        self.asked = []
        self._outputs = list(outputs or (OUT,))
        self._plans = {False: planned or json.loads(plan()), True: refreshed or json.loads(plan())}
        self._state = state

    def outputs(self):
        told = self._outputs.pop(0) if len(self._outputs) > 1 else self._outputs[0]
        if told is None:
            raise NothingAppliedError("nothing is applied in staging: apply it first (terraform/README.md)")
        return told

    def state(self):
        return self._state

    def version(self):
        return 1

    def plan(self, variables, *, refresh_only=False):
        self.asked.append(variables)
        planned = self._plans[refresh_only]
        if isinstance(planned, Exception):
            raise planned
        return planned
