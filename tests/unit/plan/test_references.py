import pytest

from tests.plan.references import UnresolvedReferenceError, output_sources, root_scope, sources
from tests.plan.wiring import wiring

CHILD = """
variable "role" { type = string }
variable "network" { type = any }
variable "attachment" { type = any }

locals {
  role = var.role
}

resource "aws_service" "this" {
  role    = local.role
  subnets = var.network.subnet_ids
  literal = "aws_like.text"

  dynamic "load_balancer" {
    for_each = var.attachment[*]

    content {
      target = load_balancer.value.group_arn
    }
  }

  depends_on = [aws_policy.this]
}

resource "aws_policy" "this" {
  for_each = aws_service.this
  name     = each.value.id
}

output "service" { value = { arn = aws_service.this.arn, policy = aws_policy.this["a"].name } }
"""
NETWORK = """
resource "aws_subnet" "private" {}
resource "aws_subnet" "public" {}
output "subnet_ids" { value = [for subnet in aws_subnet.private : subnet.id] }
output "public_ids" { value = values(aws_subnet.public)[*].id }
"""
ROOT = """
module "network" { source = "./network" }

module "child" {
  source     = "./child"
  count      = 1
  role       = aws_role.this.name
  network    = module.network
  attachment = { group_arn = aws_group.this.arn, other = aws_group.other.arn }
}

resource "aws_role" "this" {}
resource "aws_group" "this" {}
resource "aws_group" "other" {}

resource "aws_alarm" "this" {
  name    = one(module.child[*].service.arn)
  policy  = module.child[0].service.policy
  either  = var.wide ? aws_group.this.arn : aws_group.other["x"].arn
  zones   = module.network.public_ids
}

variable "wide" { type = bool }
output "service" { value = module.child[0].service.arn }
"""


@pytest.fixture
def root(tmp_path):
    """A configuration of three modules."""
    for folder, text in (("child", CHILD), ("network", NETWORK), (".", ROOT)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "main.tf").write_text(text)
    return tmp_path


def test_through_a_local_and_an_input(root):
    """A value is followed to where it is made."""
    assert {"aws_role.this"} == sources(root_scope(root), "module.child.aws_service.this", "role")


def test_through_a_whole_module(root):
    """A module that is given as a whole is narrowed to the output that is used."""
    found = sources(root_scope(root), "module.child[0].aws_service.this", "subnets")
    assert {"module.network.aws_subnet.private"} == found


def test_through_a_dynamic_block(root):
    """An iterator stands for what its block runs over, and only the part that is used counts."""
    found = sources(root_scope(root), "module.child.aws_service.this", "load_balancer", "target")
    assert {"aws_group.this"} == found


def test_an_input_can_be_followed(root):
    """A module has sources as a resource has."""
    assert {"aws_role.this"} == sources(root_scope(root), "module.child", "role")


def test_outputs(root):
    """An object is narrowed to its member."""
    assert {"module.child.aws_service.this"} == output_sources(root_scope(root), "service")


def test_wiring(root):
    """Each argument with the attribute it takes, each wait, and nothing that is only text."""
    assert {
        "outputs": {"service": ["module.child.aws_service.this.arn"]},
        "resources": {
            "aws_alarm.this": {
                "either": ['aws_group.other["x"].arn', "aws_group.this.arn"],
                "name": ["module.child.aws_service.this.arn"],
                "policy": ['module.child.aws_policy.this["a"].name'],
                "zones": ["module.network.aws_subnet.public[*].id"],
            },
            "module.child.aws_policy.this": {
                "for_each": ["module.child.aws_service.this"],
                "name": ["module.child.aws_service.this[*].id"],
            },
            "module.child.aws_service.this": {
                "load_balancer": ["aws_group.other.arn", "aws_group.this.arn"],
                "load_balancer.target": ["aws_group.this.arn"],
                "role": ["aws_role.this.name"],
                "subnets": ["module.network.aws_subnet.private[*].id"],
                "depends_on": ["module.child.aws_policy.this"],
            },
        },
    } == wiring(root)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("var.missing", "has no var.missing"),
        ("local.missing", "has no local.missing"),
        ("module.missing.arn", "calls no module.missing"),
        ("module.network.missing", "has no output missing"),
        ("aws_missing.this.arn", "has no aws_missing.this"),
        ("data.aws_missing.this.arn", "has no data.aws_missing.this"),
    ],
)
def test_a_reference_to_nothing_is_said(root, reference, message):
    """What cannot be followed is not passed over."""
    (root / "more.tf").write_text(f'resource "aws_more" "this" {{ name = {reference} }}\n')
    with pytest.raises(UnresolvedReferenceError, match=message):
        wiring(root)
