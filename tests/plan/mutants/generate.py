"""Mutations made from the Terraform itself, so that nobody chooses those that are noticed anyway.

Each number, boolean, reference, block, list element and policy element is a place at which something else
might stand. A sample takes places by a seed, and one of the mistakes that are possible at each.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.plan.mutants.hcl_tokens import Token, all_tokens, closing, tokens
from tests.plan.mutants.hcl_tree import Argument, Block, Line, blocks_of, brackets, elements, entries, is_list
from tests.plan.mutants.mutation import MutationError
from tests.plan.mutants.order import Change
from tests.plan.mutants.replacements import Names, enumerated, names_of, of_number

# Said to people, or to nobody: no rule can be broken by them.
FREE_TEXT = frozenset(
    {"alarm_description", "comment", "description", "error_message", "label", "sid", "Sid", "title"}
)
# Held by Terraform and by test_lock_files.py.
_VERSIONS = frozenset({"required_version", "source", "version"})
# A file without them is no file of Terraform, or says nothing.
_KEPT = frozenset({"content", "locals", "moved", "provider", "required_providers", "terraform", "variable"})
_NAMES_OF_ACTIONS = ("actions", "Action")
_NAMES_OF_RESOURCES = ("resources", "Resource")
_SERVICE = re.compile(r'"([a-z0-9-]+):\w+\*?"')


@dataclass(frozen=True)
class Edit:
    """A text of a file, and what takes its place."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Place:
    """A place at which mistakes are possible.

    Attributes:
        file: Path below terraform/.
        kind: number, boolean, reference, block, element, policy or enumeration.
        within: The block and the argument, such as "resource.aws_sqs_queue.this.name".
        edits: The mistakes.
    """

    file: str
    kind: str
    within: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class GeneratedMutation:
    """One mistake at one place.

    Attributes:
        name: File, line, kind and number of the mistake among those of its line and kind.
        file: Path below terraform/.
        rule: The mistake, in words.
        edit: What is changed.
        old: The text that stood there.
        survives: Why no rule has to notice; None where one has to.
    """

    name: str
    file: str
    rule: str
    edit: Edit
    old: str
    survives: str | None = None

    @property
    def change(self) -> Change:
        """What tells the tests that may notice."""
        variable = re.search(r" in variable\.(\w+)", self.rule)
        declares = re.search(r" in (resource|data|output|module)\.", self.rule)
        in_conditions = not declares or "precondition" in self.rule or "postcondition" in self.rule
        in_plans = ".validation" not in self.rule
        return Change(self.file, variable[1] if variable else "", in_conditions, in_plans)

    @property
    def shown(self) -> str:
        """The change, on one line."""
        return f"{_on_a_line(self.old)} -> {_on_a_line(self.edit.new) or 'nothing'}"

    def apply(self, root: Path) -> None:
        """Change the file in a copy of the root module.

        Raises:
            MutationError: The file has changed since the mutation was made.
        """
        file = root / self.file
        text = file.read_text()
        if text[self.edit.start : self.edit.end] != self.old:
            raise MutationError(f"{self.name}: {self.file} has changed meanwhile")
        file.write_text(text[: self.edit.start] + self.edit.new + text[self.edit.end :])


def generated(root: Path) -> list[GeneratedMutation]:
    """Every mutation of every *.tf file below a root module, in the order of files and lines."""
    return [mutation for group in _grouped(root) for mutation in group]


def sample(root: Path, seed: int, number: int) -> list[GeneratedMutation]:
    """One mutation of each of so many places; the same for the same seed and sources.

    In an order by chance, so that the first of a sample, or of a run that was interrupted, are a sample too.
    """
    groups = _grouped(root)
    random.Random(seed).shuffle(groups)  # noqa: S311 - nothing is kept secret by it
    return [random.Random(f"{seed} {group[0].name}").choice(group) for group in groups[:number]]  # noqa: S311


def places(file: str, source: str, names: Names) -> Iterator[Place]:
    """Every place of a file at which mistakes are possible."""
    for block in blocks_of(tokens(source)):
        for found in _of_block(file, block, "", names):
            edits = tuple(edit for edit in found.edits if source[edit.start : edit.end] != edit.new)
            if edits:
                yield Place(found.file, found.kind, found.within, edits)


def _grouped(root: Path) -> list[list[GeneratedMutation]]:
    found: list[list[GeneratedMutation]] = []
    for path in sorted(root.rglob("*.tf")):
        if ".terraform" not in path.parts:
            source, file = path.read_text(), str(path.relative_to(root))
            in_order = sorted(
                places(file, source, names_of(path.parent)), key=lambda one: (one.edits[0].start, one.kind)
            )
            found += _named(in_order, source)
    return found


def _named(in_order: Iterable[Place], source: str) -> Iterator[list[GeneratedMutation]]:
    counted: Counter[tuple[int, str]] = Counter()
    for place in in_order:
        group = []
        for edit in place.edits:
            line = source.count("\n", 0, edit.start) + 1
            counted[line, place.kind] += 1
            old = source[edit.start : edit.end]
            name = f"{place.file}:{line}:{place.kind}:{counted[line, place.kind]}"
            group.append(GeneratedMutation(name, place.file, f"{place.kind} in {place.within}", edit, old))
        yield group


def _of_block(file: str, block: Block, above: str, names: Names) -> Iterator[Place]:
    within = ".".join(part for part in (above, block.kind, *block.labels) if part)
    if block.kind not in _KEPT:
        yield Place(file, "block", within, (Edit(block.start, block.end, ""),))
    if block.kind == "statement" and block.argument("effect") is None:
        yield Place(file, "policy", within, (Edit(block.opened, block.opened, '\neffect = "Deny"\n'),))
    for argument in block.arguments:
        yield from _of_argument(file, argument, within, names)
    for inner in block.blocks:
        yield from _of_block(file, inner, within, names)


def _of_argument(file: str, argument: Argument, above: str, names: Names) -> Iterator[Place]:
    if argument.name in FREE_TEXT | _VERSIONS:
        return
    within = f"{above}.{argument.name}"
    yield from _of_policy(file, argument, within)
    yield from _of_value(file, argument.value, within, names)


def _of_value(file: str, line: Line, within: str, names: Names) -> Iterator[Place]:
    """The places of a value; what stands in an object's entries is under the entry's own name."""
    taken: set[int] = set()
    for at in brackets(line):
        if at in taken:
            continue
        if line[at].text == "{":
            found = entries(line, at)
            if found:
                taken |= set(range(at, closing(line, at)))
            for entry in found:
                yield from _of_argument(file, entry, within, names)
        else:
            yield from _of_list(file, line, at, within)
    own = tuple(token if at not in taken else Token("mark", "", token.start) for at, token in enumerate(line))
    yield from _of_tokens(file, own, within, names)
    for token in own:
        if token.inner:
            yield from _of_value(file, token.inner, within, names)


def _of_list(file: str, line: Line, at: int, within: str) -> Iterator[Place]:
    inside = elements(line, at)
    end = closing(line, at)
    for number, element in enumerate(inside):
        if _is_free_text(element):
            continue
        start, stop = element[0].start, element[-1].end
        if number + 1 < len(inside):
            stop = inside[number + 1][0].start
        elif number:
            start = inside[number - 1][-1].end
        else:
            stop = line[end].start
        yield Place(file, "element", within, (Edit(start, stop, ""),))


def _is_free_text(element: Line) -> bool:
    """Whether an element is an object of labels alone."""
    names = {one.name for one in entries(element, 0)} if element[0].text == "{" else set()
    return bool(names) and names <= FREE_TEXT


def _of_tokens(file: str, line: Line, within: str, names: Names) -> Iterator[Place]:
    for at, token in enumerate(line):
        before = line[at - 1].text if at else ""
        if token.kind == "number" and before != "." and not _is_index(line, at):
            edits = [Edit(token.start, token.end, new) for new in of_number(token.text)]
            yield Place(file, "number", within, tuple(edits))
        elif token.text in ("true", "false") and token.kind == "name":
            new = {"true": "false", "false": "true"}[token.text]
            yield Place(file, "boolean", within, (Edit(token.start, token.end, new),))
        elif token.literal in enumerated():
            others = [Edit(token.start, token.end, f'"{new}"') for new in enumerated()[str(token.literal)]]
            yield Place(file, "enumeration", within, tuple(others))
        elif token.kind == "name" and before != "." and line[at + 1 : at + 2] and line[at + 1].text == ".":
            steps = _steps(line, at)
            edits = [
                Edit(steps[place].start, steps[place].end, new)
                for place, new in names.others([step.text for step in steps])
            ]
            if edits:
                yield Place(file, "reference", within, tuple(edits))


def _of_policy(file: str, argument: Argument, within: str) -> Iterator[Place]:
    """A permission that becomes wider than it is."""
    start, end = argument.value[0].start, argument.end
    if argument.name in _NAMES_OF_ACTIONS:
        written = " ".join(token.text for token in all_tokens(argument.value))
        service = _SERVICE.search(written)
        if service:
            yield Place(file, "policy", within, (Edit(start, end, f'["{service[1]}:*"]'),))
    elif argument.name in _NAMES_OF_RESOURCES:
        yield Place(file, "policy", within, (Edit(start, end, '["*"]'),))
    elif argument.name == "conditions":
        yield Place(file, "policy", within, (Edit(argument.start, end, ""),))


def _steps(line: Line, at: int) -> Sequence[Token]:
    """The names of a reference; what stands in brackets is none of them."""
    found = [line[at]]
    at += 1
    while at < len(line):
        if line[at].text == "." and line[at + 1 : at + 2] and line[at + 1].kind == "name":
            found.append(line[at + 1])
            at += 2
        elif line[at].text == "[" and not is_list(line, at):
            at = closing(line, at) + 1
        else:
            break
    return found


def _is_index(line: Line, at: int) -> bool:
    return at > 0 and line[at - 1].text == "[" and not is_list(line, at - 1)


def _on_a_line(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= 70 else f"{joined[:67]}..."
