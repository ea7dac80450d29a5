from pathlib import Path

import pytest

from tests.plan.mutants.generate import generated, sample
from tests.plan.mutants.mutation import MutationError
from tests.plan.mutants.order import Change

TERRAFORM = Path(__file__).parents[4] / "terraform"


@pytest.fixture
def mutations(tmp_path):
    """The mutations of a file with these lines, as name and what is shown; and of a file beside it."""

    def of(text, beside=""):
        (tmp_path / "main.tf").write_text(text)
        (tmp_path / "other.tf").write_text(beside)
        return {one.name: one.shown for one in generated(tmp_path)}

    return of


def _shown(mutations, kind):
    return [shown for name, shown in mutations.items() if name.split(":")[2] == kind]


def test_numbers(mutations):
    """One more, one less, ten times as much, none; an index is no number."""
    found = mutations('locals {\n  a = 30\n  b = local.a[0]\n  c = "${1.5}"\n}\n')
    assert ["30 -> 31", "30 -> 29", "30 -> 300", "30 -> 0"] == _shown(found, "number")[:4]
    assert ["1.5 -> 2.5", "1.5 -> 0.5", "1.5 -> 15.0", "1.5 -> 0"] == _shown(found, "number")[4:]


def test_booleans_and_enumerations(mutations):
    """The other of two, or each other of several."""
    found = mutations('locals {\n  a = true\n  effect = "Deny"\n  b = "Minimum"\n}\n')
    assert ["true -> false"] == _shown(found, "boolean")
    assert ['"Deny" -> "Allow"', '"Minimum" -> "Maximum"'] == _shown(found, "enumeration")


def test_references_to_variables_and_locals(mutations):
    """Another variable of the same type, another local whose value begins alike."""
    text = 'locals {\n  a = var.x\n  b = [var.z]\n  c = "${local.a}"\n}\n'
    types = {"x": "string", "y": "string", "z": "bool"}
    beside = "".join(f'variable "{name}" {{\n  type = {type_}\n}}\n' for name, type_ in types.items())
    assert ["x -> y"] == _shown(mutations(text, beside), "reference")


def test_references_to_resources(mutations):
    """Another resource of the type, and another attribute."""
    text = 'locals {\n  a = aws_sqs_queue.one["x"].arn\n}\n'
    beside = 'resource "aws_sqs_queue" "one" {}\nresource "aws_sqs_queue" "two" {}\n'
    assert ["one -> two", "arn -> id"] == _shown(mutations(text, beside), "reference")


def test_references_to_modules_and_members(mutations, tmp_path):
    """Another output that is named alike; the key for the value."""
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "outputs.tf").write_text(
        "".join(f'output "{name}" {{\n  value = 1\n}}\n' for name in ("a_arn", "b_arn", "name"))
    )
    text = (
        'module "m" {\n  source = "./below"\n  a = module.m.a_arn\n  b = module.m.name\n  c = each.key\n}\n'
    )
    assert ["a_arn -> b_arn", "key -> value"] == _shown(mutations(text), "reference")


def test_blocks(mutations):
    """Every block but those without which a file says nothing."""
    found = mutations('locals {}\nvariable "v" {\n  validation {}\n}\nresource "a" "b" {\n  c {}\n}\n')
    assert ["main.tf:3:block:1", "main.tf:5:block:1", "main.tf:6:block:1"] == list(found)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('["a", "b"]', ['"a", -> nothing', ', "b" -> nothing']),
        ('["a"]', ['"a" -> nothing']),
        ("[for a in b : a]", []),
        ('[{ label = "said to people" }]', []),
    ],
)
def test_elements_of_lists(mutations, value, shown):
    """Each with its comma."""
    assert shown == _shown(mutations(f"locals {{\n  a = {value}\n}}\n"), "element")


def test_policies(mutations):
    """Wider actions, any resource, no condition, and the other effect."""
    text = (
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions   = ["sqs:SendMessage"]\n'
        "    resources = [local.arn]\n  }\n}\n"
        'locals {\n  p = {\n    conditions = { "a" = ["b"] }\n  }\n}\n'
    )
    assert [
        '-> effect = "Deny"',
        '["sqs:SendMessage"] -> ["sqs:*"]',
        '[local.arn] -> ["*"]',
        'conditions = { "a" = ["b"] } -> nothing',
    ] == [one.strip() for one in _shown(mutations(text), "policy")]


def test_free_text_and_versions_stay(mutations):
    """Nobody breaks a rule by another sentence."""
    text = 'output "o" {\n  description = "${var.a} 1"\n  version = ">= 1"\n  value = 7\n}\n'
    assert {"block", "number"} == {name.split(":")[2] for name in mutations(text)}


def test_a_mutation_changes_its_place_alone(tmp_path):
    """And says so if the file is another meanwhile."""
    (tmp_path / "main.tf").write_text("locals {\n  a = 1\n}\n")
    first = generated(tmp_path)[0]
    first.apply(tmp_path)
    assert "locals {\n  a = 2\n}\n" == (tmp_path / "main.tf").read_text()
    with pytest.raises(MutationError, match="has changed meanwhile"):
        first.apply(tmp_path)


def test_a_mutation_says_which_tests_may_notice(tmp_path):
    """By its file, by the variable that it is about, and by whether it is about what is refused."""
    validation = "  validation {\n    condition = 2\n  }\n"
    (tmp_path / "main.tf").write_text(
        f'variable "v" {{\n  default = 1\n{validation}}}\n'
        'resource "a" "b" {\n  c = 10\n}\nlocals {\n  d = 100\n}\n'
    )
    changes = {one.old: one.change for one in generated(tmp_path) if "number" in one.name}
    assert changes == {
        "1": Change("main.tf", "v"),
        "2": Change("main.tf", "v", in_plans=False),
        "10": Change("main.tf", in_conditions=False),
        "100": Change("main.tf"),
    }


def test_a_sample_is_the_same_for_the_same_seed():
    """And a smaller one is the beginning of a larger one."""
    module = TERRAFORM / "modules" / "queue"
    found = sample(module, 1, 20)

    assert 20 == len(found)
    assert found == sample(module, 1, 20)
    assert found[:5] == sample(module, 1, 5)
    assert found != sample(module, 2, 20)


def test_every_mutation_of_the_terraform_has_a_name_of_its_own():
    """Each file is read, and every kind is found."""
    found = generated(TERRAFORM)
    assert len(found) == len({one.name for one in found})
    files = {
        str(path.relative_to(TERRAFORM)) for path in TERRAFORM.rglob("*.tf") if ".terraform" not in path.parts
    }
    without = {Path(file).name for file in files - {one.file for one in found}}
    assert [] == [name for name in without if not name.startswith(("variables", "versions", "provider"))]
    kinds = {one.name.split(":")[2] for one in found}
    assert {"number", "boolean", "reference", "block", "element", "policy", "enumeration"} == kinds
