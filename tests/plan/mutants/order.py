"""The plans that can show a change to a file, and the order in which tests find it soonest.

A test costs milliseconds, a plan costs seconds: so it is the plans that are put in order.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from tests.plan.matrix import BASE, CELLS, FEW
from tests.plan.plans_needed import is_inventory, plans_needed

_OWN_ROOTS = {"bootstrap": "bootstrap", "examples": "minimal"}
# How a refusal names the plans in which Terraform is given nothing out of the ordinary.
_EVERY_DAY = frozenset({f"plan-{BASE}", "standalone", "standalone-bootstrap", "standalone-examples-minimal"})
# Tests that make plans of their own, and tests that look at every plan.
_MAKES_PLANS, _TAKES_ANY = "offline", "cells"
_PLANNING = {_MAKES_PLANS, _TAKES_ANY}
_BESIDE, _AFTER_FEW, _AFTER_ALL, _UNLIKELY = 10, 20, 60, 80


@dataclass(frozen=True)
class Needs:
    """What a test looks at.

    Attributes:
        name: Its node id.
        plans: The plans that it is given.
        fixtures: Names of its fixtures.
        inventory: Whether it holds a plan against a file that a command writes.
    """

    name: str
    plans: frozenset[str]
    fixtures: frozenset[str]
    inventory: bool

    @classmethod
    def of(cls, item: pytest.Function) -> "Needs":
        """As pytest has collected it."""
        return cls(
            item.nodeid, frozenset(plans_needed(item)), frozenset(item.fixturenames), is_inventory(item)
        )


@dataclass(frozen=True)
class Change:
    """A change to one file.

    Attributes:
        file: Path below terraform/; "" where nothing is changed.
        variable: Name of the variable that the change is about; "" if it is about none.
        in_conditions: Whether it may change what Terraform refuses.
        in_plans: Whether a plan may show it: what is refused, none does.
    """

    file: str
    variable: str = ""
    in_conditions: bool = True
    in_plans: bool = True

    def rank(self, test: Needs) -> tuple[int, bool] | None:
        """Where a test stands, the lowest first; None if it cannot notice, or not before others do."""
        if self.file and not self._may_notice(test):
            return None
        if self.variable and f"[{self.variable}=" in test.name:
            return 1, False
        if test.plans:
            place = max(self._rank_of_plan(plan) for plan in test.plans)
        elif _TAKES_ANY in test.fixtures:
            place = _AFTER_FEW + 1
        else:
            place = _AFTER_FEW if _MAKES_PLANS in test.fixtures else 1
        return place, not any(word in test.name for word in self._words)

    def is_refused_outright(self, refused: Collection[str]) -> bool:
        """Whether Terraform refuses what it is given every day, so that nobody can apply the change."""
        return bool(_EVERY_DAY & set(refused))

    def _may_notice(self, test: Needs) -> bool:
        if not self.in_conditions and _is_about_refusals(test):
            return False
        if not self.in_plans and test.inventory and test.plans:
            return False
        roots = {_root(plan) for plan in test.plans}
        if self._own_root:
            named = any(word in test.name for word in (self._own_root, *self._words))
            return self._own_root in roots or (not roots and (named or not _PLANNING & test.fixtures))
        if not test.inventory and (roots == {"bootstrap"} or not roots):
            # What an account's roles may do is held against the text of everything.
            return "test_bootstrap_refusals" not in test.name
        if test.plans and all(plan in CELLS and plan not in FEW for plan in test.plans):
            return "[" not in test.name
        return not roots or bool(roots - {"bootstrap"} - (set() if self._in_modules else {"standalone"}))

    @property
    def _own_root(self) -> str | None:
        return _OWN_ROOTS.get(self.file.partition("/")[0])

    @property
    def _in_modules(self) -> bool:
        return self.file.startswith("modules/")

    @property
    def _words(self) -> tuple[str, ...]:
        """What tests of the file are likely called after."""
        parts = self.file.removesuffix(".tf").split("/")[-2:]
        return tuple(f"test_{part.replace('-', '_').rstrip('s')}" for part in parts)

    @property
    def _first(self) -> tuple[str, ...]:
        """The plans that are made before others."""
        if self._own_root:
            return (self._own_root,)
        if not self._in_modules:
            return FEW
        return ("standalone", *(("invalid_inputs",) if self.variable else ()), *FEW)

    def _rank_of_plan(self, plan: str) -> int:
        if plan in self._first:
            return 2 * self._first.index(plan)
        if plan in CELLS:
            # Beside a root of its own it is what that root's plan is held against.
            return _BESIDE if self._own_root else _AFTER_FEW + 2
        return _UNLIKELY if _root(plan) in _OWN_ROOTS.values() else _AFTER_ALL


def _is_about_refusals(test: Needs) -> bool:
    """Whether a test looks at what Terraform says to wrong values, and at no plan."""
    return "_refusals" in test.name or (bool(test.plans) and not any(map(_is_planned, test.plans)))


def _is_planned(plan: str) -> bool:
    return plan in CELLS or plan in ("bootstrap", "minimal", "standalone")


def _root(plan: str) -> str:
    return plan if plan in ("bootstrap", "minimal", "standalone") else "system"
