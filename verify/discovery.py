"""Finds scenarios: each module of `verify/scenarios` is one, and no list names them."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from verify import scenarios as _package
from verify.errors import LoadError
from verify.scenario import Scenario


def discovered(package: ModuleType = _package) -> Mapping[str, Scenario[Any]]:
    """All scenarios of a package by the name of their module, in the order of these names.

    Raises:
        LoadError: A module is no scenario; the message says which, and what it lacks.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    found = {name: _scenario_in(f"{package.__name__}.{name}") for name in names}
    titles = [scenario.title for scenario in found.values()]
    for name, scenario in found.items():
        if titles.count(scenario.title) > 1:
            raise LoadError(f"scenario {name}: another one is called {scenario.title!r} too; rename one")
    return found


def _scenario_in(module: str) -> Scenario[Any]:
    try:
        scenario = getattr(importlib.import_module(module), "SCENARIO", None)
    except Exception as error:
        raise LoadError(f"{module} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(scenario, Scenario):
        raise LoadError(
            f"{module} has no SCENARIO = Scenario(...): write one, or move what helps scenarios to verify/"
        )
    names = [getattr(check, "__name__", "") for check in scenario.checks]
    wrong = sorted({name for name in names if not name.isidentifier() or names.count(name) > 1})
    if wrong or not names:
        raise LoadError(
            f"{module}: its checks must be functions with names of their own, not {wrong or names}"
        )
    return scenario
