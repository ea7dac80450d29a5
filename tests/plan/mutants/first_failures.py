"""A pytest plugin: runs rules until one fails, then inventories until one fails, and writes down which.

Loaded by the runner (`-p tests.plan.mutants.first_failures`), which says in MUTANT_REPORT where to write, and
in MUTANT_CHANGE what is changed, as the fields of a `Change`.
"""

import json
import os
import resource
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from tests.plan.mutants.order import Change, Needs
from tests.plan.plans_needed import is_inventory

_REFUSES = "terraform refuses "


@dataclass
class Layer:
    """What became of the rules, or of the inventories.

    Attributes:
        ran: How many were run.
        failed: The first that failed; "" where none did.
        says: First line of its docstring.
    """

    ran: int = 0
    failed: str = ""
    says: str = ""


@dataclass
class Findings:
    """What the runner is told.

    Attributes:
        rules: Tests without the marker `inventory`.
        inventories: Tests with it.
        refused: Plans that Terraform refuses to make.
        cpu: Seconds of processor time, Terraform's and the provider's included.
    """

    rules: Layer = field(default_factory=Layer)
    inventories: Layer = field(default_factory=Layer)
    refused: list[str] = field(default_factory=list)
    cpu: float = 0.0


class FirstFailures:
    """The tests of one mutation, in an order in which one of them fails soon."""

    def __init__(self, change: Change, report: Path) -> None:
        self._change = change
        self._report = report
        self._findings = Findings()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        """Leave out what cannot notice, and order the rest once everybody else has ordered it."""
        yield
        ranked = [(self._change.rank(Needs.of(item)), item) for item in items]
        items[:] = [item for rank, item in sorted(ranked, key=lambda one: one[0] or ()) if rank is not None]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        """Run each layer up to its first failure; neither, once Terraform refuses a plan of every day."""
        if session.testsfailed:
            return None
        rules = [item for item in session.items if not is_inventory(item)]
        inventories = [item for item in session.items if is_inventory(item)]
        self._run(session, self._findings.rules, rules, next(iter(inventories), None))
        if not self._is_refused:
            self._run(session, self._findings.inventories, inventories, None)
        return True

    def _run(self, session, layer, items, then):
        """Run a layer's tests up to its first failure, and take down what the test after it needs not."""
        for item, following in zip(items, [*items[1:], then], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            layer.ran += 1
            if layer.failed or self._is_refused:
                break
        session._setupstate.teardown_exact(then)  # noqa: SLF001 - pytest was told of another test after it

    @property
    def _is_refused(self):
        return self._change.is_refused_outright(self._findings.refused)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Note a failure, and tell a refusal of Terraform's from it."""
        report = yield
        if report.failed:
            said = str(call.excinfo.value)
            layer = self._findings.inventories if is_inventory(item) else self._findings.rules
            if said.startswith(_REFUSES):
                refused = said.removeprefix(_REFUSES).partition(":")[0]
                if refused not in self._findings.refused:
                    self._findings.refused.append(refused)
            elif not layer.failed:
                layer.failed = item.nodeid
                layer.says = (item.function.__doc__ or "").strip().partition("\n")[0]
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self):
        """Write what was found, with the time of every process that has ended."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        self._findings.cpu = round(sum(one.ru_utime + one.ru_stime for one in used), 1)
        self._report.write_text(json.dumps(asdict(self._findings)))


def pytest_configure(config):
    """Take part in a run that the runner has started."""
    report = os.environ.get("MUTANT_REPORT")
    if report:
        change = Change(**json.loads(os.environ["MUTANT_CHANGE"]))
        config.pluginmanager.register(FirstFailures(change, Path(report)))
