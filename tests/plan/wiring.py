"""Where every argument of every resource comes from, as data.

A plan tells a value that is known before an apply. Which target group a listener forwards to, or which
role a task takes, is not: it is in the references alone.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.plan.hcl import Body
from tests.plan.references import Origin, Scope, arguments, output_origins, root_scope, scopes

# Known before an apply, and part of every ARN.
_EVERYWHERE = "data.aws_partition."


def wiring(folder: Path) -> dict[str, Any]:
    """For each resource its arguments that come from other resources, and what it waits for.

    Args:
        folder: The root module.

    Raises:
        UnresolvedReferenceError: A reference names nothing.
    """
    root = root_scope(folder)
    resources = {
        scope.address(name): wired
        for scope in scopes(root)
        for name, body in scope.module.resources.items()
        if (wired := _wired(scope, body))
    }
    outputs = {name: texts for name in root.module.outputs if (texts := _texts(output_origins(root, name)))}
    return {"outputs": dict(sorted(outputs.items())), "resources": dict(sorted(resources.items()))}


def _wired(scope: Scope, body: Body) -> dict[str, list[str]]:
    found = {name: texts for name, origins in arguments(scope, body) if (texts := _texts(origins))}
    waits_for = sorted(scope.address(one.strip("${}")) for one in body.get("depends_on", []))
    return dict(sorted(found.items())) | ({"depends_on": waits_for} if waits_for else {})


def _texts(origins: Iterable[Origin]) -> list[str]:
    return sorted(str(origin) for origin in origins if _EVERYWHERE not in origin.address)
