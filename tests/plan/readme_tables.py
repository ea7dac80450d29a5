"""Tables of inputs and outputs in the README of every Terraform folder.

`python -m tests.plan.readme_tables --write` writes those that are stale; what stands outside the two
marks is written by hand.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.plan.hcl import read_module
from tests.plan.offline import ROOT_MODULE

COMMAND = "python -m tests.plan.readme_tables --write"
BEGIN = f"<!-- From here to the end mark: written by `{COMMAND}`. -->"
END = "<!-- End. -->"

_MARKED = re.compile(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
_HEREDOC = re.compile(r"^<<-?(\w+)\n(.*)\n\s*\1$", re.DOTALL)


def folders(root: Path = ROOT_MODULE) -> list[Path]:
    """Every folder of Terraform: a root, a module or an example."""
    found = {file.parent for file in root.rglob("*.tf") if ".terraform" not in file.parts}
    return sorted(found)


def tables(folder: Path) -> str:
    """Inputs and outputs of a folder, between the marks."""
    module = read_module(folder)
    parts = [BEGIN]
    if module.variables:
        parts.append("## Inputs")
        rows = [_input(name, body) for name, body in sorted(module.variables.items())]
        parts.append(_table(("name", "type", "default", "description"), rows))
    if module.outputs:
        parts.append("## Outputs")
        rows = [(f"`{name}`", _text(body["description"])) for name, body in sorted(module.outputs.items())]
        parts.append(_table(("name", "description"), rows))
    return "\n\n".join([*parts, END])


def renewed(readme: str, folder: Path) -> str:
    """A README with its tables as they should be; without marks, they go to its end."""
    if _MARKED.search(readme):
        return _MARKED.sub(lambda _: tables(folder), readme)
    return f"{readme.rstrip()}\n\n{tables(folder)}\n"


def stale(root: Path = ROOT_MODULE) -> Iterator[tuple[Path, str]]:
    """READMEs whose tables are not what the code says, each with what it should be."""
    for folder in folders(root):
        readme = folder / "README.md"
        old = readme.read_text() if readme.exists() else f"# {folder.name}\n"
        new = renewed(old, folder)
        if not readme.exists() or new != old:
            yield readme, new


def _input(name: str, body: dict[str, Any]) -> tuple[str, ...]:
    default = f"`{_value(body['default'])}`" if "default" in body else "required"
    return f"`{name}`", f"`{_expression(body['type'])}`", default, _text(body["description"])


def _text(description: str) -> str:
    """A description in one line; a heredoc's lines are one paragraph, each example one of its own."""
    inner = description.strip('"')
    heredoc = _HEREDOC.match(inner)
    lines = [line.strip() for line in (heredoc[2] if heredoc else inner).splitlines()]
    joined = " ".join(lines).replace('\\"', '"')
    return re.sub(r" ?\bExample: (.+?)(?= Example: |$)", _example, joined).replace("|", "\\|")


def _example(match: re.Match[str]) -> str:
    return f"<br>Example: `{match[1].rstrip('.')}`"


def _value(value: Any) -> str:
    """A default as it is written in HCL."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return _expression(value) if isinstance(value, str) else str(value)


def _expression(text: str) -> str:
    bare = text[2:-1] if text.startswith("${") and text.endswith("}") else text
    return re.sub(r"\{(?=[^}\s])", "{ ", re.sub(r"(?<=[^{\s])\}", " }", bare))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: list[str]) -> int:
    """Name the stale READMEs, or write them anew."""
    found = list(stale())
    for readme, text in found:
        if "--write" in arguments:
            readme.write_text(text)
        sys.stdout.write(f"{'wrote' if '--write' in arguments else 'stale:'} {readme}\n")
    return 1 if found and "--write" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
