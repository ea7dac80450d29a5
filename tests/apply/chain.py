"""One system, brought from mode to mode."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.apply.mode import CHAINS, Mode
from tests.apply.phases import Applied, Changed, Service
from tests.apply.rehearsal import Rehearsal
from tests.apply.services import services_of


@dataclass
class Chain:
    """A system that is applied once and changed from then on, by plans that are looked at first.

    A plan of a move does without reading what stands: the one after the apply before has just done so, and
    found no difference.

    Attributes:
        name: Name of the chain.
        rehearsal: Where it is applied.
        variables: What was given last beside the variable file.
        before: What stood in the account before the first apply, by kind.
    """

    name: str
    rehearsal: Rehearsal
    variables: dict[str, Any] = field(default_factory=dict)
    before: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    _reached: dict[str, Applied] = field(default_factory=dict)

    def reach(self, name: str) -> Applied:
        """The system in a mode, by way of all that come before it.

        Raises:
            StageError: The first error that Terraform met.
            OverBudgetError: A phase took too long.
        """
        for mode in map(Mode, CHAINS[self.name]):
            if mode.name not in self._reached:
                self._reached[mode.name] = self._bring_to(mode)
            if mode.name == name:
                break
        return self._reached[name]

    def change(self, applied: Applied) -> Changed:
        """Change some variables of the mode that was reached last, and heal what differs."""
        files, variables = applied.mode.var_files, {**self.variables, **applied.mode.changed_variables}
        announced = self.rehearsal.plan(f"{applied.mode.name}-changed", files, variables)
        self.rehearsal.apply_planned()
        self.variables = variables
        return Changed(announced, self.rehearsal.plan_changes(), self.rehearsal.written())

    def _bring_to(self, mode: Mode) -> Applied:
        rehearsal = self.rehearsal
        given = {**self.variables, **mode.variables}
        # What a mode takes back has its default again, which for what is ephemeral is not the same as null.
        variables = {name: value for name, value in given.items() if value is not None}
        before = self._services(mode)
        rehearsal.fleet.forget_fewest()
        announced: Mapping[str, str] = {}
        if mode.announced is None:
            rehearsal.apply(mode.var_files, variables)
        else:
            announced = rehearsal.plan(mode.name, mode.var_files, variables, refresh=False)
            rehearsal.apply_planned()
        steps, fewest, after = list(rehearsal.steps), rehearsal.fleet.fewest(), self._services(mode)
        self.variables = variables
        plan = rehearsal.plan_changes()
        return Applied(
            mode=mode,
            variables=variables,
            rehearsal=rehearsal,
            outputs=rehearsal.outputs(),
            announced=announced,
            plan=plan,
            steps=steps,
            before=before,
            after=after,
            fewest=fewest,
            written=rehearsal.written(),
        )

    def _services(self, mode: Mode) -> dict[str, Service]:
        return {
            name: Service(one["serviceArn"], one["createdAt"].timestamp(), one["desiredCount"])
            for name, one in services_of(self.rehearsal.aws, mode.system).items()
        }
