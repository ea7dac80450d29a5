"""One module's part of a plan."""

from typing import Any

from tests.plan.view import Plan, Values


def resources_of(plan: Plan, module: str, kind: str) -> dict[str, Values]:
    """A module's resources of a type, by what follows the type in their addresses.

    Args:
        plan: Where to look.
        module: Name of the module call, such as "network".
        kind: Type of resource, such as "aws_subnet".
    """
    prefix = f"module.{module}.{kind}."
    found = plan.all(kind)
    return {address.removeprefix(prefix): found[address] for address in found if address.startswith(prefix)}


def output_of(plan: Plan, module: str, name: str) -> dict[str, Any]:
    """An output as its module writes it: `expression`, `depends_on`."""
    output: dict[str, Any] = plan.configuration["module_calls"][module]["module"]["outputs"][name]
    return output


def references(expression: Any) -> list[str]:
    """What an expression refers to, each as long as it is written."""
    found: list[str] = expression["references"]
    return [one for one in found if not any(other.startswith((f"{one}.", f"{one}[")) for other in found)]
