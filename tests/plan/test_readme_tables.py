"""The README of each Terraform folder says what the code says."""

import pytest

from tests.plan.offline import ROOT_MODULE
from tests.plan.readme_tables import BEGIN, COMMAND, END, folders, renewed, stale, tables

# Reading every folder takes seconds, so the tests that do are one worker's.
pytestmark = pytest.mark.xdist_group("wiring")

SIZE = "object({ memory = optional(number, 1), zones = list(string) })"


@pytest.mark.inventory
def test_tables_are_fresh():
    """Inputs and outputs are written from the code."""
    old = [str(readme.relative_to(ROOT_MODULE)) for readme, _ in stale(ROOT_MODULE)]
    if old:
        pytest.fail(f"stale: {', '.join(old)}\nWrite them anew:\n  {COMMAND}", pytrace=False)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(ROOT_MODULE)))
def test_a_readme_says_more_than_its_tables(folder):
    """A reader learns from a sentence what the folder is for."""
    by_hand = (folder / "README.md").read_text().split(BEGIN)[0].strip()
    title, _, body = by_hand.partition("\n")
    assert title.startswith("# ")
    assert len(body.strip()) > 40


@pytest.fixture
def module(tmp_path):
    """A module with one input of each kind."""
    (tmp_path / "variables.tf").write_text(
        'variable "plain" {\n  description = "A name. Example: \\"a|b\\"."\n  type = string\n}\n'
        'variable "size" {\n  description = <<-EOT\n    How big,\n    in MiB.\n'
        "    Example: { memory = 2 }\n  EOT\n"
        f"  type = {SIZE}\n  default = {{ memory = 1 }}\n}}\n"
        'variable "nothing" {\n  description = "Or null."\n  type = bool\n  default = null\n}\n'
        'output "url" {\n  description = "Where."\n  value = "x"\n}\n'
    )
    return tmp_path


def test_inputs_are_listed_with_type_default_and_examples(module):
    """Each is one row, whatever the shape of its default."""
    rows = [line for line in tables(module).splitlines() if line.startswith("| `")]
    assert rows == [
        "| `nothing` | `bool` | `null` | Or null. |",
        '| `plain` | `string` | required | A name.<br>Example: `"a\\|b"` |',
        f"| `size` | `{SIZE}` | `{{ memory = 1 }}` | How big, in MiB.<br>Example: `{{ memory = 2 }}` |",
        "| `url` | Where. |",
    ]


def test_what_is_written_by_hand_stays(module):
    """Only what stands between the marks is written anew."""
    text = renewed("# it\n\nA sentence.\n", module)
    assert text == f"# it\n\nA sentence.\n\n{tables(module)}\n"
    assert renewed(text.replace("Where.", "Elsewhere.") + "\nThe end.\n", module) == f"{text}\nThe end.\n"
    assert text.count(BEGIN) == text.count(END) == 1
