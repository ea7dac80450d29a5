"""The plans that a test looks at, as far as its fixtures and parameters tell, and the layer it belongs to."""

import pytest

from tests.plan.matrix import BASE

# Fixtures that are a plan, by the name that the plan is kept under.
_FIXTURES = {
    "mixed_case": "mixed-case",
    "implicit_tls": "implicit-tls",
    "staging": BASE,
    "api": BASE,
    "sender": BASE,
    "service": BASE,
    "production": "edges",
} | {name: name for name in ("smtp", "relay", "standalone", "edges", "bootstrap", "minimal")}
_PARAMETERS = ("cell", "inventory", "round_name")


def plans_needed(item: pytest.Function) -> set[str]:
    """Names of the plans that a test is given; a plan that it makes itself is not among them."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    named = {_FIXTURES[name] for name in item.fixturenames if name in _FIXTURES}
    chosen = {value for name, value in parameters.items() if name in _PARAMETERS}
    if item.name.startswith("test_a_module_defends_itself"):
        chosen.add("invalid_inputs")
    return named | chosen


def is_inventory(item: pytest.Item) -> bool:
    """Whether a test holds a plan against a file that a command writes; else it is a rule."""
    return item.get_closest_marker("inventory") is not None
