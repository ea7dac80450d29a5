"""Plausible mistakes: what a careless hand writes in the place of a number, a text or a reference."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.plan.mutants.hcl_tokens import Token, tokens
from tests.plan.mutants.hcl_tree import Block, blocks_of

# Texts that are given one for another.
_ENUMERATIONS = (
    ("Allow", "Deny"),
    ("tcp", "udp"),
    ("http", "tcp"),
    ("HTTP", "HTTPS"),
    ("https", "plain_http"),
    ("Sum", "Average", "Maximum"),
    ("Average", "Sum", "Maximum"),
    ("Maximum", "Minimum", "Average"),
    ("Minimum", "Maximum"),
    ("GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold"),
    ("GreaterThanOrEqualToThreshold", "LessThanThreshold", "GreaterThanThreshold"),
    ("LessThanThreshold", "GreaterThanThreshold", "LessThanOrEqualToThreshold"),
    ("LessThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold"),
    ("notBreaching", "breaching", "missing"),
    ("breaching", "notBreaching"),
    ("ignore", "notBreaching"),
    ("missing", "notBreaching"),
    ("StringEquals", "StringNotEquals", "StringLike"),
    ("StringNotEquals", "StringEquals"),
    ("ArnLike", "ArnNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("ForAllValues:StringEquals", "ForAnyValue:StringEquals"),
    ("ForAnyValue:StringEquals", "ForAllValues:StringEquals"),
    ("NumericLessThan", "NumericGreaterThan"),
    ("true", "false"),
    ("Enabled", "Disabled"),
    ("enabled", "disabled"),
    ("Service", "AWS"),
    ("FARGATE", "FARGATE_SPOT"),
    ("FARGATE_SPOT", "FARGATE"),
    ("MUTABLE", "IMMUTABLE"),
    ("PAY_PER_REQUEST", "PROVISIONED"),
    ("KMS", "AES256"),
    ("aws:kms", "AES256"),
    ("byQueue", "allowAll"),
    ("Interface", "Gateway"),
    ("ALL", "ACCEPT"),
    ("A", "AAAA"),
    ("MULTIVALUE", "WEIGHTED"),
    ("INFO", "DEBUG"),
    ("ses", "smtp"),
    ("smtp", "ses"),
    ("hold", "resend"),
    ("all", "gateway"),
    ("gateway", "all"),
    ("service_connect", "app_mesh"),
    ("app_mesh", "service_connect"),
    ("production", "staging"),
)
# Attributes that are taken one for another.
_ATTRIBUTES = {"arn": "id", "id": "arn", "name": "arn"}
_OUTPUT_ENDINGS = ("_arn", "_arns", "_name", "_names", "_id", "_ids", "_url", "_urls")


def of_number(text: str) -> Iterator[str]:
    """One more, one less, ten times as much, and none."""
    value = float(text) if "." in text else int(text)
    others = (value + 1, value - 1, value * 10, 0)
    yield from dict.fromkeys(str(other) for other in others if other != value and other >= 0)


@cache
def enumerated() -> dict[str, tuple[str, ...]]:
    """Each text that is one of several, with the others."""
    found: dict[str, list[str]] = {}
    for members in _ENUMERATIONS:
        for member in members[:1] if len(members) > 2 else members:
            others = found.setdefault(member, [])
            others += [one for one in members if one != member and one not in others]
    return {text: tuple(others) for text, others in found.items()}


@dataclass
class Names:
    """What a module declares, so that a reference can be given another of the same kind.

    Attributes:
        variables: Type of each, as it is written.
        locals: The first token of each value: a number is no list.
        resources: Names of each type; data sources under "data." and the type.
        outputs: Names of each called module's outputs.
    """

    variables: dict[str, str] = field(default_factory=dict)
    locals: dict[str, str] = field(default_factory=dict)
    resources: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)

    def others(self, steps: Sequence[str]) -> Iterator[tuple[int, str]]:
        """The step of a reference to change, and what stands there then.

        Args:
            steps: Such as "var", "name", or "aws_sqs_queue", "this", "arn"; brackets are left out.
        """
        if steps[0] == "var":
            yield from self._next(self.variables, steps)
        elif steps[0] == "local":
            yield from self._next(self.locals, steps)
        elif steps[0] == "module" and len(steps) > 2:
            ending = _ending(steps[2])
            names = [one for one in self.outputs.get(steps[1], []) if _ending(one) == ending]
            yield from ((2, other) for other in _after(names, steps[2]))
        elif steps[0] == "each" and len(steps) == 2:
            yield 1, {"key": "value", "value": "key"}[steps[1]]
        else:
            yield from self._resource(steps)

    @staticmethod
    def _next(kinds: Mapping[str, str], steps: Sequence[str]) -> Iterator[tuple[int, str]]:
        alike = [name for name, kind in kinds.items() if kind == kinds.get(steps[1])]
        yield from ((1, other) for other in _after(alike, steps[1]))

    def _resource(self, steps: Sequence[str]) -> Iterator[tuple[int, str]]:
        data = steps[0] == "data"
        at = 2 if data else 1
        kind = ".".join(steps[:at])
        if kind not in self.resources or len(steps) <= at:
            return
        yield from ((at, other) for other in _after(self.resources[kind], steps[at]))
        if not data and len(steps) == at + 2 and steps[-1] in _ATTRIBUTES:
            yield at + 1, _ATTRIBUTES[steps[-1]]


@cache
def names_of(folder: Path) -> Names:
    """What the *.tf files of a folder declare."""
    names = Names()
    for file in sorted(folder.glob("*.tf")):
        source = file.read_text()
        for block in blocks_of(tokens(source)):
            _declare(names, block, folder, source)
    return names


def _declare(names: Names, block: Block, folder: Path, source: str) -> None:
    if block.kind == "variable":
        type_ = block.argument("type")
        text = source[type_.value[0].start : type_.end] if type_ else ""
        names.variables[block.labels[0]] = re.sub(r"\s+", " ", text)
    elif block.kind == "locals":
        names.locals |= {one.name: _shape(one.value[0]) for one in block.arguments}
    elif block.kind in ("resource", "data"):
        kind = f"data.{block.labels[0]}" if block.kind == "data" else block.labels[0]
        names.resources.setdefault(kind, []).append(block.labels[1])
    elif block.kind == "module":
        called = block.argument("source")
        path = called.value[0].literal if called else None
        if path is not None and path.startswith("."):
            names.outputs[block.labels[0]] = sorted(_outputs(folder / path))


def _outputs(folder: Path) -> Iterator[str]:
    for file in folder.glob("*.tf"):
        yield from (
            block.labels[0] for block in blocks_of(tokens(file.read_text())) if block.kind == "output"
        )


def _shape(first: Token) -> str:
    return first.text if first.kind == "mark" else first.kind


def _ending(name: str) -> str:
    return next((ending for ending in _OUTPUT_ENDINGS if f"_{name}".endswith(ending)), "")


def _after(names: Sequence[str], name: str) -> list[str]:
    """The name that follows another one in the alphabet, the first after the last; none if it is alone."""
    ordered = sorted({*names, name})
    other = ordered[(ordered.index(name) + 1) % len(ordered)]
    return [other] if other != name else []
