"""Finds scenarios: each module of `verify/scenarios` is one, and no list names them."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
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


def selected(
    found: Mapping[str, Scenario[Any]], options: Sequence[str], *, all_scenarios: bool, account: bool = False
) -> Mapping[str, Scenario[Any]]:
    """The scenarios to run, in the order of their names: those asked for, else all, else the default set.

    Args:
        found: All that there are.
        options: Values of `--scenario`, each one name or several with commas between.
        all_scenarios: Whether `--all` was given.
        account: Whether they run against an account, where some are not run unless they are asked for.

    Raises:
        LoadError: A name is not that of a scenario, or names and `--all` were given.
    """
    names = {name.strip() for option in options for name in option.split(",")}
    if "" in names:
        raise LoadError(f"--scenario {' '.join(options)}: a name is missing; there are {', '.join(found)}")
    if names and all_scenarios:
        raise LoadError("--scenario and --all: give one of them")
    if unknown := sorted(names - found.keys()):
        raise LoadError(f"--scenario {', '.join(unknown)}: there are {', '.join(found)}")
    return {
        name: scenario
        for name, scenario in found.items()
        if name in names
        or (not names and (all_scenarios or scenario.default) and not (account and scenario.stage_only))
    }


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
