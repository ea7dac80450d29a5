"""A root module's variables without the rest of it, so that their rules can be tried in a moment.

Terraform holds every value against the rules of its variable before it asks a provider for anything. Without
resources there is no provider whose schema it would have to read first, which takes longer than all rules.
"""

import re
from pathlib import Path

from tests.plan.mutants.hcl_tokens import tokens
from tests.plan.mutants.hcl_tree import blocks_of

_LOCAL = re.compile(r"\blocal\.(\w+)")


def variables_alone(module: Path) -> str:
    """The variables that a module declares, word for word, and the locals that their rules refer to.

    Raises:
        KeyError: A rule refers to a local that there is not.
    """
    variables: list[str] = []
    declared: dict[str, str] = {}
    for path in sorted(module.glob("*.tf")):
        source = path.read_text()
        for block in blocks_of(tokens(source)):
            if block.kind == "variable":
                variables.append(source[block.start : block.end])
            elif block.kind == "locals":
                declared |= {one.name: source[one.start : one.end] for one in block.arguments}
    needed: dict[str, str] = {}
    waiting = _LOCAL.findall("\n".join(variables))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = declared[name]
            waiting += _LOCAL.findall(declared[name])
    return "\n\n".join([*variables, "locals {\n" + "\n".join(needed.values()) + "\n}\n"])
